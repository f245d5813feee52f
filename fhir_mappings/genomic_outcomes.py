"""The outcome of a genomic test: by code, by a closed list of texts, by interpretation; never guessed."""

from typing import Literal

from fhir_mappings.jsontools import Json, codings, concept_text, items, obj, text
from fhir_mappings.roles import plain

Outcome = Literal["positive", "negative", "indeterminate", "unknown"]
OUTCOMES: dict[str, Outcome] = {
    "LA9633-4": "positive", "LA9634-2": "negative", "LA6576-8": "positive", "LA6577-6": "negative",
    "LA26203-2": "positive", "LA14122-8": "negative", "LA11884-6": "indeterminate", "LA11885-3": "unknown",
    "10828004": "positive", "260385009": "negative", "82334004": "indeterminate", "419984006": "indeterminate",
    "52101004": "positive", "2667000": "negative",
}  # fmt: skip
"""Values by code (LOINC answers, SNOMED CT); MSI-H counts as positive, stable as negative."""

INTERPRETATIONS: dict[str, Outcome] = {
    "POS": "positive", "NEG": "negative", "IND": "indeterminate", "DET": "positive", "ND": "negative",
    "E": "indeterminate", "H": "positive",
}  # fmt: skip
"""Interpretations by code (HL7 v3); letters mean this only there."""

WORDS: dict[str, Outcome] = {
    "positive": "positive", "present": "positive", "detected": "positive", "mutated": "positive",
    "mutation detected": "positive", "mutation": "positive", "mutant": "positive", "fusion": "positive",
    "fusion detected": "positive", "fusion positive": "positive", "rearrangement detected": "positive",
    "rearranged": "positive", "amplified": "positive", "msi-h": "positive", "msi-high": "positive",
    "dmmr": "positive", "deficient": "positive", "negative": "negative", "absent": "negative",
    "not detected": "negative", "wild type": "negative", "wild-type": "negative", "wildtype": "negative",
    "not mutated": "negative", "mss": "negative", "msi-l": "negative", "pmmr": "negative", "proficient": "negative",
    "no mutation detected": "negative", "mutation not detected": "negative", "no mutation": "negative",
    "no fusion detected": "negative", "fusion not detected": "negative", "fusion negative": "negative",
    "rearrangement not detected": "negative", "no rearrangement detected": "negative", "not amplified": "negative",
    "indeterminate": "indeterminate", "inconclusive": "indeterminate", "equivocal": "indeterminate",
}  # fmt: skip
"""Closed list of texts of coded or plain values."""

LOSS = frozenset({"loss", "loss of expression", "loss of nuclear expression", "lost", "absent", "negative",
                  "not detected", "LA9634-2", "LA6577-6", "260385009", "2667000"})  # fmt: skip
"""Values that say of a mismatch repair protein that it is not there."""


def outcome_of(resource: Json) -> Outcome:
    """By the value's code, its text in the closed list, a report's conclusion, then the interpretation."""
    values = (obj(resource.get("valueCodeableConcept")), *items(resource.get("conclusionCode")))
    by_code = {OUTCOMES[code] for value in values for _, code in codings(value) if code in OUTCOMES}
    stated = [plain(concept_text(value)) for value in values] + [plain(text(resource.get("valueString")))]
    by_word = {WORDS[each] for each in stated if each in WORDS}
    flags = {INTERPRETATIONS.get(code) or OUTCOMES.get(code) for concept in items(resource.get("interpretation"))
             for _, code in codings(concept)} - {None}  # fmt: skip
    found = by_code or by_word or flags
    if len(found) > 1:
        return "indeterminate"
    return next(iter(found), None) or "unknown"


def says_loss(resource: Json) -> bool:
    """Whether the value says that a protein is lost, by code or by the closed list."""
    value = obj(resource.get("valueCodeableConcept"))
    stated = {code for _, code in codings(value)}
    words = (plain(concept_text(value)), plain(text(resource.get("valueString"))))
    return bool(LOSS & {*stated, *(word for word in words if word)})


def named_outcome(stated: str | None, names: dict[str, str]) -> tuple[str, str, Outcome] | None:
    """Item, plain text and outcome of a text that is a name of a closed list with an outcome of another.

    >>> named_outcome("KRAS: Wild Type", {"kras": "KRAS"})
    ('KRAS', 'kras wild type', 'negative')
    """
    words = (plain(stated) or "").replace(":", " ").split()
    for cut in range(len(words) - 1, 0, -1):
        name, rest = " ".join(words[:cut]), " ".join(words[cut:])
        if name in names and rest in WORDS:
            return names[name], " ".join(words), WORDS[rest]
    return None
