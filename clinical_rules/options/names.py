"""What an option asks, in few words: for "not known: ..." and "if ...: ..."."""

from clinical_rules.knowledge.schema_condition import (
    Biomarker,
    Condition,
    Histology,
    MetastaticSite,
    Nodes,
    Organs,
    Primary,
    Symptom,
)

IRRADIATED = "irradiated before"
PLAIN = {
    "castration-resistance": "castration resistance",
    "psma-imaging": "PSMA-positive disease",
    "vertebra": "spine metastasis",
    "structure-exceeds": "dose sum over its limit",
    "dosimetry": "organ doses",
    "interval": "interval",
    "lesions": "number of lesions",
    "size": "size",
    "sins": "SINS",
    "performance-status": "ECOG",
}
"""Of the facts whose bounds, if they have any, stand in the words on the population."""


def asked(condition: Condition) -> str:
    """What a condition asks for, in few words."""
    match condition.fact:
        case "histology" | "nodes" | "metastatic-site" | "primary" | "symptom":
            return _one_of(condition)
        case "biomarker":
            return biomarker(condition)
        case "agent-given":
            return f"earlier {either(condition.any)}"
        case "irradiated":
            return IRRADIATED
        case "organs":
            return _organs(condition)
    return PLAIN[condition.fact]


def supposed(condition: Condition) -> str:
    """The question of a condition as a supposition: `if ...`."""
    return f"SINS {condition.at_least} or more" if condition.fact == "sins" else asked(condition)


TESTED_FOR_MUTATIONS = frozenset({"BRAF", "KRAS", "NRAS", "RAS"})


def either(names: tuple[str, ...]) -> str:
    """Names with `or` between them; ids as words.

    >>> either(("anti-egfr", "chemotherapy", "pd-1-pd-l1"))
    'anti-EGFR, chemotherapy or PD-1/PD-L1 inhibitor'
    """
    words = [WORDS.get(name, name) for name in names]
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


WORDS = {
    "C77.0": "head and neck", "C77.5": "pelvis", "adenoid-cystic": "adenoid cystic",
    "adt": "androgen deprivation", "alk-inhibitor": "ALK inhibitor", "anti-egfr": "anti-EGFR",
    "anti-her2": "anti-HER2", "anti-vegf": "anti-VEGF", "arpi": "ARPI",
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
    >>> biomarker(Biomarker(fact="biomarker", name="RAS", outcome="negative"))
    'RAS wild type'
    >>> biomarker(Biomarker(fact="biomarker", name="PD-L1", score="CPS", at_least=1))
    'PD-L1 CPS'
    """
    if condition.score is not None:
        return f"{condition.name} {condition.score}"
    if condition.outcome == "negative" and condition.name in TESTED_FOR_MUTATIONS:
        return f"{condition.name} wild type"
    kind = "" if condition.kind in (None, "instability", "quantity") else f" {condition.kind}"
    return f"{condition.name}{kind}{' negative' if condition.outcome == 'negative' else _positive(kind)}"


def _positive(kind: str) -> str:
    return "" if kind in (" mutation", " fusion") else " positive"


def _one_of(condition: Histology | Nodes | MetastaticSite | Primary | Symptom) -> str:
    if condition.fact == "histology":
        return f"{either(condition.any)} histology"
    before = {"nodes": "nodes of the ", "primary": "primary in "}
    return before.get(condition.fact, "") + either(condition.any)


def _organs(condition: Organs) -> str:
    parts = [f"metastases only in {either(condition.only)}"] if condition.only else []
    parts += [f"{_organs_word(condition.at_most)} at most"] if condition.at_most is not None else []
    parts += [f"{_organs_word(condition.at_least)} or more"] if condition.at_least is not None else []
    return ", ".join(parts)


def _organs_word(count: int) -> str:
    return f"{count} organ{'' if count == 1 else 's'} with metastases"
