"""A JSON Web Key Set, and which of its keys may prove which algorithm.

The library would accept keys that are not meant for signatures, and lets a key serve an algorithm of another curve.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from cds_service.trust.token import is_short_text
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.strict_json import loads

BYTES_AT_MOST = 256 * 1024
KEYS_AT_MOST = 50
RSA_BITS_AT_LEAST = 2048

KIND: Mapping[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    **dict.fromkeys(("PS256", "PS384", "PS512", "RS256", "RS384", "RS512"), ("RSA", None)),
}
"""Key type and curve by algorithm: asymmetric ones only, and no other is ever accepted."""

_PUBLIC = ("kty", "crv", "x", "y", "n", "e")
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class KeySetError(Exception):
    """This is no key set that can be used; the keys held before stay."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of a client: which ids there are, and the key of an id for an algorithm."""

    key_ids: frozenset[str] = frozenset()
    _keys: Mapping[tuple[str, str], PyJWK] = field(default_factory=dict, repr=False)

    def key(self, key_id: str, algorithm: str) -> PyJWK | None:
        """The one key with this id that is fit for this algorithm."""
        return self._keys.get((key_id, algorithm))

    def __bool__(self) -> bool:
        return bool(self._keys)


def read_keys(raw: bytes, algorithms: Sequence[str]) -> KeySet:
    """The set in this JSON text. Keys that are unfit for these algorithms are left out; KeySetError if it is none."""
    try:
        value = loads(raw) if len(raw) <= BYTES_AT_MOST else None
    except StrictJSONError as error:
        raise KeySetError(str(error)) from None
    entries = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(entries, list) or len(entries) > KEYS_AT_MOST:
        raise KeySetError(f"expected a JSON Web Key Set of at most {KEYS_AT_MOST} keys and {BYTES_AT_MOST} bytes")
    named = [entry for entry in entries if isinstance(entry, dict) and is_short_text(entry.get("kid"))]
    fit: dict[tuple[str, str], list[PyJWK]] = {}
    for entry in named:
        for algorithm in algorithms:
            if key := _key(entry, algorithm):
                fit.setdefault((entry["kid"], algorithm), []).append(key)
    # two keys of one id and algorithm would leave it to chance which is asked
    unique = {name: keys[0] for name, keys in fit.items() if len(keys) == 1}
    return KeySet(frozenset(entry["kid"] for entry in named), unique)


def _key(entry: Mapping[str, object], algorithm: str) -> PyJWK | None:
    """This key for this algorithm, or None if it is not meant or not strong enough for it, or is no key."""
    if not _meant_for(entry, algorithm):
        return None
    try:
        key = PyJWK({name: entry[name] for name in _PUBLIC if isinstance(entry.get(name), str)}, algorithm)
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    weak = isinstance(key.key, RSAPublicKey) and key.key.key_size < RSA_BITS_AT_LEAST
    return None if weak else key


def _meant_for(entry: Mapping[str, object], algorithm: str) -> bool:
    kind, curve = KIND[algorithm]
    operations = entry.get("key_ops", ["verify"])
    return (
        entry.get("kty") == kind
        and (curve is None or entry.get("crv") == curve)
        and entry.get("alg", algorithm) == algorithm
        and entry.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and _PRIVATE.isdisjoint(entry)  # whoever can read the set could sign with it
    )
