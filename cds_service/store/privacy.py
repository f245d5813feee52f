"""Patients in the record: a keyed hash, and never a reference that would tell who it is."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from hmac import new
from re import compile as pattern
from re import escape

SHORT_ID = 6
"""An id of fewer characters is looked for as a whole word only: `1` stands in every other reference."""
_KEPT = 32


class Cloak:
    """Hashes under one key: one patient of one client has one hash, and without the key it tells nobody."""

    def __init__(self, key: str) -> None:
        self._keyed = new(sha256(key.encode("utf-8")).digest(), digestmod=sha256)

    def patient(self, issuer: str, patient_id: str) -> str:
        """The hash that stands for the patient; ids of different clients are different patients."""
        return self._hash("patient", issuer, patient_id)

    def references(self, references: Iterable[str], issuer: str, patient_id: str) -> list[str]:
        """The references in order, each once; those that hold the patient's own id as `Type/~hash`."""
        named = set(references)
        own = patient_id.lower()
        if not any(own in (lower := reference.lower()) or "patient/" in lower for reference in named):
            return sorted(named)  # which spares most answers the making of a pattern
        tells = _telling(patient_id)
        return sorted({self._hidden(issuer, each) if tells(each.lower()) else each for each in named})

    def _hidden(self, issuer: str, reference: str) -> str:
        kind = reference.rpartition("/")[0].rpartition("/")[2]
        return f"{kind if kind.isalpha() else 'Reference'}/~{self._hash('reference', issuer, reference)[:_KEPT]}"

    def _hash(self, *parts: str) -> str:
        # the length of each part goes first: "ab" + "c" and "a" + "bc" are different
        text = b"".join(b"%d:%s" % (len(part), part) for part in (each.encode("utf-8", "replace") for each in parts))
        keyed = self._keyed.copy()
        keyed.update(text)
        return keyed.hexdigest()


def _telling(patient_id: str) -> Callable[[str], object]:
    """What a reference in small letters must not hold in the clear: any Patient, and this patient's id."""
    own = patient_id.lower()
    if len(own) < SHORT_ID:
        return pattern(f"(?:^|/)patient/|(?<![a-z0-9]){escape(own)}(?![a-z0-9])").search
    return lambda reference: own in reference or reference.startswith("patient/") or "/patient/" in reference
