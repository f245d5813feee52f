"""The terms of a sum and the conditions of a limit, in one line each."""

from markupsafe import Markup

from cards.doses import course_dose
from cards.escaping import escape_data, own_words
from cards.reading import Members, number, objects, plain_number, text, true
from cards.wording import spaced

GUARDS = {
    "under-18": "limits are for adults, nothing here reassures below adult age",
    "pregnancy": "limits are not meant for pregnancy, nothing here reassures",
}
_CONDITIONS = {
    "new-part": "new part at most {} Gy",
    "new-share": "share of the new part at most {}",
    "each-course": "each course at most {} Gy",
    "interval": "interval at least {} months",
}
_BROKEN = {
    "new-part": "new part {} above {} Gy",
    "new-share": "new share {} above {}",
    "each-course": "a course of {} above {} Gy",
    "interval": "interval {} below {} months",
}
_AS_GIVEN = 4
"""Decimals that keep a number apart from its bound: the rules have rounded it already."""
_STATES = {"met": "met", "not-met": "not met", "unknown": "not known"}


def term(entry: Members) -> Markup:
    """What one course adds: its dose on file, the EQD2 made of it, and on which basis.

    >>> term({"reference": "x", "eqd2Gy": 50, "totalDoseGy": 50, "fractions": 25, "basis": "documented"})
    Markup('x 50 Gy in 25 fx: 50 Gy EQD2 (documented)')
    """
    eqd2_gy = number(entry, "eqd2Gy")
    places = 0 if text(entry, "basis") == "assumed-prescription" else 1
    amount = "no EQD2" if eqd2_gy is None else f"{plain_number(eqd2_gy, places)} Gy EQD2"
    said = [spaced(text(entry, "basis")), text(entry, "metric"), *_reservations(entry)]
    words = f"{_dose(entry)}: {amount} ({', '.join(dict.fromkeys(filter(None, said)))})"
    return Markup(" ").join((escape_data(text(entry, "reference")), own_words(words)))


def dose_of_term(entry: Members) -> Markup:
    """The dose behind a term alone, for several structures that rest on the same one.

    >>> dose_of_term({"reference": "x", "eqd2Gy": 50, "totalDoseGy": 50, "fractions": 25})
    Markup('x 50 Gy in 25 fx')
    """
    said = ", ".join(dict.fromkeys(_reservations(entry)))
    words = f"{_dose(entry)} ({said})" if said else _dose(entry)
    return Markup(" ").join((escape_data(text(entry, "reference")), own_words(words)))


def _dose(entry: Members) -> str:
    return course_dose({**entry, "basis": text(entry, "doseBasis")})


def _reservations(entry: Members) -> list[str]:
    said = (
        "outside the best-supported range of the model" if true(entry, "outsideModelRange") else "",
        "external beam read as photons" if true(entry, "externalBeamReadAsPhotons") else "",
        "given before adult age" if true(entry, "underAge") else "",
        spaced(text(entry, "missing")),
        spaced(text(entry, "unsure")),
    )
    return [words for words in said if words]


def condition(entry: Members) -> Markup:
    """One condition of a limit, with what was found.

    >>> condition({"name": "new-part", "state": "not-met", "found": 30, "bound": 25})
    Markup('new part at most 25 Gy (30, not met)')
    """
    bound, found = number(entry, "bound"), number(entry, "found")
    words = _CONDITIONS.get(text(entry, "name"), spaced(text(entry, "name")))
    shown = [] if found is None else [plain_number(found, _AS_GIVEN)]
    shown.append(_STATES.get(text(entry, "state"), "not known"))
    return own_words(f"{words.format('' if bound is None else plain_number(bound))} ({', '.join(shown)})")


def broken_condition(found: Members) -> str:
    """The first condition that is not met, in brackets; "" where all are.

    >>> broken_condition({"conditions": [{"name": "new-part", "state": "not-met", "found": 31.5, "bound": 25}]})
    ' (new part 31.5 above 25 Gy)'
    """
    for entry in objects(found, "conditions"):
        value, bound = number(entry, "found"), number(entry, "bound")
        if text(entry, "state") == "not-met" and value is not None and bound is not None:
            words = _BROKEN.get(text(entry, "name"), "{} against {}")
            return f" ({words.format(plain_number(value, _AS_GIVEN), plain_number(bound))})"
    return ""
