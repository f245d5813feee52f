"""rert-cds explain: each structure with its courses, sum, limit and what is left, as a table.

The largest dose per fraction stands here and in rert-cds dose only, never on a card.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from cards.dose_terms import condition
from cards.reading import Members, members, number, objects, plain_number, text, texts, true
from cds_service.fitting import ARITHMETIC, largest_fraction_gy
from cds_service.text_table import table
from clinical_rules.findings import Finding, SourceReference

HEAD = ("course", "as", "Gy", "fx", "Gy/fx", "EQD2 Gy", "metric", "basis")
SUM = "cumulative-eqd2"
OUTSIDE = "outside the model's best-supported range"
_NAME_AT, _EXACT_PLACES = 2, 4
_BASES = {"assumed-prescription": "assumed from the prescription"}


def dose_lines(findings: Sequence[Finding], best_supported_gy: Decimal) -> Iterator[str]:
    """The table of every structure that has a sum or terms of one."""
    for finding in findings:
        parts = finding.rule.split(".")
        if parts[0] == "reirradiation" and len(parts) > _NAME_AT and parts[_NAME_AT] == SUM:
            yield from _structure(finding, members(finding), best_supported_gy)


def _structure(finding: Finding, found: Members, best_supported_gy: Decimal) -> Iterator[str]:
    scheme = text(found, "recoveryScheme")
    recovery = "no recovery assumed" if scheme in {"", "none"} else f"recovery {scheme}"
    alpha_beta = _gy(found, "alphaBetaGy")
    yield f"{text(found, 'structure')}: {finding.status}; alpha/beta {alpha_beta} Gy, {recovery} ({finding.rule})"
    rows = [_row(entry) for entry in objects(found, "terms")]
    yield from (f"  {line}" for line in table(HEAD, [*rows, _sum_row(found)]))
    yield from (f"  {line}" for line in _compared(finding, found))
    yield from (f"  {line}" for line in _left(found, best_supported_gy))


def _row(entry: Members) -> tuple[str, ...]:
    total, fractions, dose = number(entry, "totalDoseGy"), number(entry, "fractions"), number(entry, "eqd2Gy")
    basis = text(entry, "basis")
    said = [_BASES.get(basis, basis), *(_words(entry, name) for name in ("missing", "unsure"))]
    said.append(OUTSIDE if true(entry, "outsideModelRange") else "")
    return (
        text(entry, "reference") + (", the new part" if true(entry, "new") else ""),
        text(entry, "doseBasis") or "-",
        "-" if total is None else plain_number(total),
        "-" if fractions is None else plain_number(fractions),
        "-" if total is None or not fractions else plain_number(total / fractions, 2),
        "no EQD2" if dose is None else plain_number(dose, _EXACT_PLACES),
        text(entry, "metric") or "-",
        ", ".join(filter(None, said)),
    )


def _sum_row(found: Members) -> tuple[str, ...]:
    """Physical doses of courses are never added: only the EQD2 has a sum."""
    total, basis = _gy(found, "cumulativeEqd2Gy") or "no sum", text(found, "basis")
    said = "documented doses alone" if true(found, "overByDocumentedAlone") else _BASES.get(basis, basis)
    return "sum", "", "", "", "", total, text(found, "metric") or "-", said


def _compared(finding: Finding, found: Members) -> Iterator[str]:
    if note := text(found, "note"):
        yield f"note: {note}"
    if number(found, "limitGy") is None:
        yield "limit: none; the sum is held against nothing"
    else:
        metric, agreement = text(found, "limitMetric"), text(found, "agreement")
        yield f"limit: {_gy(found, 'limitGy')} Gy EQD2, {metric}; {agreement}; {text(found, 'applies')}".rstrip("; ")
    yield from (f"source: {_source(source)}" for source in finding.sources)
    yield from (f"condition: {condition(entry).unescape()}" for entry in objects(found, "conditions"))
    if missing := texts(found, "missing"):
        yield f"missing: {', '.join(missing)}"


def _left(found: Members, best_supported_gy: Decimal) -> Iterator[str]:
    left = number(found, "remainingEqd2Gy")
    if left is None:
        yield "left: cannot be told from what is on file"
        return
    yield f"left below the limit and under all its conditions: {plain_number(left, _EXACT_PLACES)} Gy EQD2"
    alpha_beta = number(found, "alphaBetaGy")
    counts = {number(entry, "fractions") for entry in objects(found, "terms") if true(entry, "new")}
    if len(counts) != 1 or None in counts or alpha_beta is None:
        yield "largest dose per fraction: not worked out, the number of new fractions is not known"
        return
    fractions = int(next(iter(counts)) or 0)
    largest = largest_fraction_gy(Fraction(str(left)), fractions, Decimal(str(alpha_beta)))
    said = f"{largest} Gy per fraction" if largest else "no dose per fraction"
    beyond = f"; {OUTSIDE}" if largest > best_supported_gy else ""
    yield f"largest that would still fit in {fractions} fx: {said} ({ARITHMETIC}{beyond})"


def _words(entry: Members, name: str) -> str:
    return text(entry, name).replace("-", " ")


def _gy(found: Members, name: str) -> str:
    value = number(found, name)
    return "" if value is None else plain_number(value, _EXACT_PLACES)


def _source(source: SourceReference) -> str:
    return ", ".join(part for part in (source.label, source.where, source.url) if part)
