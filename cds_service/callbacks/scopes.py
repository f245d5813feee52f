"""The scopes of SMART App Launch, version 1 (`patient/Observation.read`) and 2 (`patient/Observation.rs`).

They only spare us questions that the server would refuse: what they do not plainly exclude is asked.
"""

from dataclasses import dataclass
from re import ASCII
from re import compile as pattern
from typing import Self

_SCOPE = pattern(r"(?:patient|user|system)/(?P<kind>\*|[A-Za-z]+)\.(?P<rights>[^?]*)(?:\?.*)?", ASCII)
_NEVER_READS = pattern(r"write|c?u?d?", ASCII)


@dataclass(frozen=True, slots=True)
class Scopes:
    """Which resource types may be read, as far as the scopes tell."""

    _readable: frozenset[str] = frozenset()
    _says_something: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """The scopes in a space-separated list; those that are not about resources (`openid`, `launch`) say nothing."""
        found = [match for scope in text.split() if (match := _SCOPE.fullmatch(scope))]
        # rights that we do not know may be rights to read
        readable = frozenset(match["kind"] for match in found if not _NEVER_READS.fullmatch(match["rights"]))
        return cls(readable, bool(found))

    def may_read(self, resource_type: str) -> bool:
        """Whether the type is not plainly excluded.

        >>> Scopes.parse("launch patient/Observation.rs system/Patient.read").may_read("Condition")
        False
        >>> Scopes.parse("launch openid").may_read("Condition")
        True
        """
        return not self._says_something or "*" in self._readable or resource_type in self._readable
