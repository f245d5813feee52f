"""Questions of an option put to a tumour and a chart of the tests."""

from datetime import date

from pydantic import TypeAdapter

from clinical_rules.call import Call
from clinical_rules.facts import BodySite, CancerDiagnosis, PartialDate, Patient, PatientFacts
from clinical_rules.knowledge import load_knowledge
from clinical_rules.knowledge.schema_condition import Condition
from clinical_rules.options.answers import Answer, Asking
from clinical_rules.options.ask import answer
from clinical_rules.picture import PresentTumour, RuleSettings, TumourSign
from clinical_rules.reirradiation import look_before

ON = date(2026, 11, 20)
KNOWLEDGE = load_knowledge().on(ON)
CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
BACK = PartialDate.of(2026, 5, 1)
ENDED = PartialDate.of(2020, 3, 27)
RECTUM = BodySite(region="rectum", label="rectum")
T10 = BodySite(region="spine-thoracic", label="T10", subsite="T10")


def sign(number: int = 1, **given) -> TumourSign:
    return TumourSign(**{
        "reference": f"Condition/{number}", "certainty": "documented", "words": "metastasis", "parts": ("distant",),
        "date": BACK, "by_code": True, **given,
    })  # fmt: skip


def tumour(*signs: TumourSign, **given) -> PresentTumour:
    return PresentTumour(**{
        "reference": "Condition/1", "references": ("Condition/1", "Condition/2", "Condition/primary"),
        "kind": "recurrence", "site": "rectum", "sites": (RECTUM,), "certainty": "documented", "courses": (),
        "date": BACK, "treatment_end": ENDED, "signs": signs, "pattern": "local", **given,
    })  # fmt: skip


def asking_of(facts: PatientFacts, present: PresentTumour) -> Asking:
    return Asking(present, look_before((present,), Call(facts, KNOWLEDGE, "patient-view", ON, RuleSettings())))


def told(condition: dict[str, object], present: PresentTumour | None = None, **facts) -> Answer:
    found = PatientFacts(Patient("Patient/1"), **facts)
    return answer(CONDITION.validate_python(condition), asking_of(found, present or tumour()))


def state(condition: dict[str, object], present: PresentTumour | None = None, **facts) -> str:
    return told(condition, present, **facts).state


def diagnosis(reference: str = "Condition/primary", **given) -> CancerDiagnosis:
    return CancerDiagnosis(
        **{"reference": reference, "role": "primary", "site": "rectum", "body_site": RECTUM, **given}
    )


LOCAL = sign(1, parts=("local",))
