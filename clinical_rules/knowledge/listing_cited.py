"""Comparisons, recovery schemes and site facts in words, for the listing."""

from collections.abc import Iterator

from clinical_rules.knowledge.schema import (
    Comparison,
    ComparisonValue,
    DatedValue,
    DrugTest,
    RecoveryRefusal,
    RecoveryScheme,
    SiteFact,
    SupportiveLine,
)
from clinical_rules.knowledge.schema_recovery import SchemeStructure

CitedEntry = Comparison | RecoveryScheme | RecoveryRefusal | SiteFact | DrugTest | SupportiveLine


def cited_words(entry: CitedEntry) -> Iterator[tuple[DatedValue, str]]:
    """Each value of an entry with what it says."""
    if isinstance(entry, Comparison):
        yield from ((value, _comparison(entry, value)) for value in entry.values)
    elif isinstance(entry, RecoveryScheme):
        for scheme in entry.values:
            own = f"alpha/beta {scheme.alpha_beta_gy:f} Gy; " if scheme.alpha_beta_gy is not None else ""
            yield scheme, own + "; ".join(map(_organ, scheme.organs))
    elif isinstance(entry, RecoveryRefusal):
        yield from ((value, f"no discount for {', '.join(entry.structures)}") for value in entry.values)
    elif isinstance(entry, DrugTest):
        yield from ((value, f"before {', '.join(entry.drugs)}: {value.statement}") for value in entry.values)
    elif isinstance(entry, SupportiveLine):
        yield from ((value, entry.line) for value in entry.values)
    else:
        yield from ((fact, f"{fact.statement} ({fact.evidence})") for fact in entry.values)


def _comparison(entry: Comparison, value: ComparisonValue) -> str:
    if value.statement is not None:
        return f"{value.statement}; {value.agreement}"
    unit = "Gy EQD2" if entry.quantity == "eqd2" else "Gy physical"
    doses = [f"{point.dose_gy:f} {unit} in {point.fractions} fx" for point in value.points]
    if value.value_gy is not None:
        doses.append(f"{value.value_gy:f} {unit}")
    alpha_beta = "" if value.alpha_beta_gy is None else f", alpha/beta {value.alpha_beta_gy:f} Gy"
    return f"{' / '.join(doses)}{alpha_beta}, {value.metric or 'metric not stated'}; {value.agreement}"


def _organ(organ: SchemeStructure) -> str:
    steps = ", ".join(
        f"{band.recovered * 100:f}".rstrip("0").rstrip(".") + f" % from {band.from_months} months"
        for band in organ.bands
        if band.recovered
    )
    words = f"{', '.join(organ.structures)}: {steps or 'no discount'}"
    if organ.limit_gy is not None:
        from_when = f" from {organ.limit_from_months} months" if organ.limit_from_months else ""
        words += f", own limit {organ.limit_gy:f} Gy EQD2{from_when} ({organ.agreement})"
    return words if organ.statement is None else f"{words}, {organ.statement}"
