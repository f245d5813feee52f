"""The question for the team that stands beside options: what is the aim?"""

from collections.abc import Iterator

from clinical_rules.options.speaking import Call
from clinical_rules.picture import PresentTumour

QUESTION = "for the team to decide: cure, or control of symptoms and time"


def question(tumour: PresentTumour, call: Call) -> str:
    """The aim as a question, with the intent of earlier courses where it is on file."""
    intents = list(_intents(tumour, call))
    return QUESTION + (f" (intent of radiotherapy on file: {', '.join(intents)})" if intents else "")


def _intents(tumour: PresentTumour, call: Call) -> Iterator[str]:
    """The intents of the courses before the recurrence, the earliest first, each once."""
    mine = [each for each in call.facts.courses if each.reference in tumour.courses and each.intent]
    dated = sorted(mine, key=lambda each: (str(each.end or each.start or "9999"), each.reference))
    told = (f"{each.intent} {when}" if (when := each.end or each.start) else str(each.intent) for each in dated)
    yield from dict.fromkeys(told)
