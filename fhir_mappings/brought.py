"""What a call brought under each key: the first look at it, and its bytes, which are cut out when they are asked for.

In most charts nothing concerns a rule; then nobody asks for the bytes, and the body has been passed over once only.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from msgspec import Raw

from fhir_mappings.look import Looked, look_at, looked_at
from fhir_mappings.look_shapes import Value


class Brought(Mapping[str, bytes]):
    """The JSON value of each key as bytes, and the first look at it; both made once."""

    def __init__(self, values: Mapping[str, bytes]) -> None:
        self._hold(values, _Bytes(lambda: values), {})

    def _hold(self, names: Mapping[str, object], values: "_Bytes", looks: dict[str, list[Looked]]) -> "Brought":
        self._names, self._bytes, self._looks = names, values, looks
        return self

    @classmethod
    def decoded(cls, values: Mapping[str, object], cut: Callable[[], Mapping[str, Raw]]) -> "Brought":
        """From values that the first look has typed already: `Value`, a list of `Raw`, or none that is a resource.

        `cut` gives the bytes of all of them.
        """
        raw = _Bytes(cut)
        looks = {
            key: [looked_at(value, partial(raw.of, key))] if isinstance(value, Value) else []
            for key, value in values.items()
            if not isinstance(value, list)
        }
        return cls.__new__(cls)._hold(values, raw, looks)

    def only(self, keys: Collection[str]) -> "Brought":
        """The same, of these keys only."""
        if all(map(keys.__contains__, self._names)):
            return self
        names = {key: self._names[key] for key in keys if key in self._names}
        return Brought.__new__(Brought)._hold(names, self._bytes, self._looks)

    def looks(self, key: str) -> list[Looked]:
        """The first look at the value of a key; empty where it is none or is no resource."""
        if key not in self._looks:
            self._looks[key] = look_at(self[key]) if key in self._names else []
        return self._looks[key]

    def __getitem__(self, key: str) -> bytes:
        if key not in self._names:
            raise KeyError(key)
        return self._bytes.of(key)

    def __contains__(self, key: object) -> bool:
        return key in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Bytes:
    """The bytes of the values, apart from the looks that ask for them: no circle keeps a chart in memory."""

    def __init__(self, cut: Callable[[], Mapping[str, bytes | Raw]]) -> None:
        self._cut = cut
        self._all: Mapping[str, bytes | Raw] | None = None
        self._given: dict[str, bytes] = {}

    def of(self, key: str) -> bytes:
        """The bytes of one value: the same object each time, so that what was put in its place can be told."""
        if key not in self._given:
            if self._all is None:
                self._all = self._cut()
            self._given[key] = bytes(self._all[key])
        return self._given[key]


def brought(values: Mapping[str, bytes]) -> Brought:
    """The values as `Brought`."""
    return values if isinstance(values, Brought) else Brought(values)
