"""What an option asks, in plain words: for "not known: ..." and "if ...: ..."."""

from clinical_rules.knowledge.schema_condition import (
    AgentGiven,
    Biomarker,
    Condition,
    Histology,
    IntervalAtLeast,
    Irradiated,
    Lesions,
    MetastaticSite,
    Nodes,
    Organs,
    PerformanceStatus,
    PlainFact,
    Primary,
    Sins,
    Size,
    Symptom,
)

PLAIN = {
    "castration-resistance": "castration resistance",
    "psma-imaging": "disease positive on PSMA imaging",
    "vertebra": "a metastasis in the spine",
    "structure-exceeds": "a dose sum already over a limit",
    "dosimetry": "dose of the earlier course to organs at risk",
}


def asked(condition: Condition) -> str:
    """The question of a condition as a phrase."""
    match condition:
        case Histology() | Nodes() | MetastaticSite() | Primary() | Symptom():
            return _one_of(condition)
        case Biomarker():
            return biomarker(condition)
        case AgentGiven():
            return f"{either(condition.any)} given before"
        case Irradiated():
            return "irradiated before"
        case IntervalAtLeast():
            return f"{condition.at_least_months} months or more since radiotherapy"
        case Organs():
            return _organs(condition)
        case PlainFact():
            return PLAIN[condition.fact]
    return _measured(condition)


def supposed(condition: Condition) -> str:
    """The question of a condition as a supposition: `if ...`."""
    if condition.fact == "structure-exceeds":
        return "a dose sum is already over a limit"
    return f"{asked(condition)} is on file" if condition.fact == "castration-resistance" else asked(condition)


def either(names: tuple[str, ...]) -> str:
    """Names with `or` between them; ids as words.

    >>> either(("anti-egfr", "chemotherapy", "pd-1-pd-l1"))
    'anti-EGFR, chemotherapy or PD-1/PD-L1 inhibitor'
    """
    words = [WORDS.get(name, name) for name in names]
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


WORDS = {
    "adt": "androgen deprivation", "alk-inhibitor": "ALK inhibitor", "anti-egfr": "anti-EGFR",
    "anti-her2": "anti-HER2", "anti-vegf": "anti-VEGF", "arpi": "androgen receptor pathway inhibitor",
    "bone-metastasis": "bone metastasis", "brain-metastasis": "brain metastasis", "bowel-obstruction":
    "bowel obstruction", "egfr-tki": "EGFR inhibitor", "liver-metastasis": "liver metastasis",
    "lung-metastasis": "lung metastasis", "parp-inhibitor": "PARP inhibitor", "pd-1-pd-l1": "PD-1/PD-L1 inhibitor",
    "ros1-inhibitor": "ROS1 inhibitor", "trk-inhibitor": "TRK inhibitor", "vegfr-tki": "VEGFR inhibitor",
    "weight-loss": "weight loss",
}  # fmt: skip


def biomarker(condition: Biomarker) -> str:
    """The result of a biomarker that is asked for.

    >>> biomarker(Biomarker(fact="biomarker", name="NTRK", kind="fusion", outcome="positive"))
    'NTRK fusion'
    >>> biomarker(Biomarker(fact="biomarker", name="PD-L1", score="CPS", at_least=1))
    'PD-L1 CPS 1 or more'
    """
    if condition.score is not None:
        return f"{condition.name} {condition.score} {condition.at_least} or more"
    kind = "" if condition.kind in (None, "instability", "quantity") else f" {condition.kind}"
    return f"{condition.name}{kind}{' negative' if condition.outcome == 'negative' else _positive(kind)}"


def _positive(kind: str) -> str:
    return "" if kind in (" mutation", " fusion") else " positive"


def _one_of(condition: Histology | Nodes | MetastaticSite | Primary | Symptom) -> str:
    before = {"histology": "histology ", "nodes": "nodes of group ", "primary": "primary in "}
    return before.get(condition.fact, "") + either(condition.any)


def _organs(condition: Organs) -> str:
    parts = [f"metastases only in {either(condition.only)}"] if condition.only else []
    parts += [f"{_organs_word(condition.at_most)} at most"] if condition.at_most is not None else []
    parts += [f"{_organs_word(condition.at_least)} or more"] if condition.at_least is not None else []
    return ", ".join(parts)


def _organs_word(count: int) -> str:
    return f"{count} organ{'' if count == 1 else 's'} with metastases"


def _measured(condition: Lesions | Size | Sins | PerformanceStatus) -> str:
    match condition:
        case Lesions(at_most=None):
            return f"{condition.at_least} lesions or more"
        case Lesions():
            return f"{condition.at_most} lesions at most" if condition.at_most != 1 else "a single lesion"
        case Size():
            return f"size at most {condition.at_most_mm:f} mm"
        case Sins():
            return f"SINS {condition.at_least} or more"
    return f"ECOG {condition.at_most} or better" if condition.at_most else "ECOG 0"
