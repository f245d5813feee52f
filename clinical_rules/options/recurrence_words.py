"""The question for the team that stands beside options: what is the aim?"""

from collections.abc import Iterator

from clinical_rules.options.answers import Asking

QUESTION = "for the team to decide: cure, or control of symptoms and time"


def question(asking: Asking) -> str:
    """The aim as a question, with the intent of earlier courses where it is on file."""
    intents = list(_intents(asking))
    return QUESTION + (f" (intent of radiotherapy on file: {', '.join(intents)})" if intents else "")


def _intents(asking: Asking) -> Iterator[str]:
    """The intents of the courses before the recurrence, the earliest first, each once."""
    earlier = asking.tumour.courses
    mine = [each for each in asking.call.facts.courses if each.reference in earlier and each.intent]
    dated = sorted(mine, key=lambda each: (str(each.end or each.start or "9999"), each.reference))
    told = (f"{each.intent} {when}" if (when := each.end or each.start) else str(each.intent) for each in dated)
    yield from dict.fromkeys(told)
