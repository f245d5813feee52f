"""rert-cds explain: facts, findings and cards, step by step, each number with its source."""

from argparse import Namespace
from collections.abc import Iterable, Iterator

from cds_service.cli_assess import parts_of_environment, print_cards
from cds_service.cli_input import judge_file
from cds_service.explain_doses import dose_lines
from cds_service.explain_overlaps import overlap_lines
from cds_service.explain_reporting import reporting_lines
from cds_service.explain_site_facts import site_fact_lines
from clinical_rules.facts import BodySite, CancerDiagnosis, DoseToVolume, PatientFacts, RadiotherapyCourse
from clinical_rules.findings import JSON, Finding
from clinical_rules.reirradiation.overlap import DEFINITIONS

BEST_SUPPORTED = "dose.lq-best-supported-gy-per-fraction"


def explain(arguments: Namespace) -> int:
    """Prints what was read, what the rules made of it, and the cards."""
    parts = parts_of_environment()
    judged = judge_file(arguments.file, arguments.hook, arguments.on, parts)
    if judged.facts is None:
        print("None of the draft orders is of a kind this service speaks about; nothing else was looked at.")
        return 0
    knowledge = parts.knowledge.on(judged.on)
    print("FACTS")
    for line in _facts(judged.facts):
        print(f"  {line}")
    _block("OVERLAP BY ANATOMY", overlap_lines(judged.facts, knowledge.anatomy))
    print("\nFINDINGS")
    findings = judged.assessment.findings if judged.assessment else ()
    for finding in findings:
        for line in _finding(finding):
            print(f"  {line}")
    if not findings:
        print("  none")
    _block("DOSE TO STRUCTURES", dose_lines(findings, knowledge.number(BEST_SUPPORTED)))
    _block(f"TO BE REPORTED ({DEFINITIONS.label})", reporting_lines(judged.facts, findings, judged.on))
    _block("PUBLISHED FOR THE SITE, NONE OF IT DECIDES", site_fact_lines(judged.facts, findings, knowledge))
    print("\nCARDS")
    print_cards(judged.response.cards)
    return 0


def _block(title: str, lines: Iterable[str]) -> None:
    """A titled block, left out where it has nothing to say."""
    if said := tuple(lines):
        print("\n".join((f"\n{title}", *(f"  {line}" for line in said))))


def _facts(facts: PatientFacts) -> Iterator[str]:
    yield f"patient {facts.patient.reference}" + (", deceased" if facts.patient.deceased else "")
    for diagnosis in facts.diagnoses:
        yield _diagnosis(diagnosis)
    for kind, courses in (("course", facts.courses), ("order", facts.orders)):
        for course in courses:
            yield _course(kind, course)
            yield from (f"    {_volume(volume)}" for volume in course.volumes)
    for past in facts.history:
        yield f"history {past.reference}: {past.label}"
    for status in facts.statuses:
        yield f"status {status.reference}: {status.value} {' '.join(status.patterns)} {status.date or 'undated'}"
    for problem in facts.problems:
        yield f"problem {problem.problem} {problem.reference}: {problem.detail}"
    for key, state in sorted(facts.availability.items()):
        yield f"prefetch {key}: {state}"


def _diagnosis(diagnosis: CancerDiagnosis) -> str:
    words = (
        diagnosis.label or diagnosis.code or diagnosis.site,
        diagnosis.role,
        f"site {diagnosis.site}",
        _site(diagnosis.body_site) if diagnosis.body_site else "no body site",
        diagnosis.clinical_status,
        diagnosis.verification,
        f"onset {diagnosis.onset or 'unknown'}",
    )
    return f"diagnosis {diagnosis.reference}: {', '.join(words)}"


def _course(kind: str, course: RadiotherapyCourse) -> str:
    words = (
        course.status,
        " and ".join(course.modalities),
        f"sites from {course.sites_from}: {'; '.join(map(_site, course.sites)) or 'none'}",
        f"{course.start or '?'} to {course.end or '?'}",
        f"{course.fractions or 'unknown'} fractions",
        *(("flagged as re-irradiation",) if course.reirradiation else ()),
    )
    return f"{kind} {course.reference}: {', '.join(words)}"


def _site(site: BodySite) -> str:
    subsite = site.subsite if site.subsite != site.region else None
    return " ".join(part for part in (site.side, site.region, subsite) if part)


def _volume(volume: DoseToVolume) -> str:
    dose = f"{volume.total_dose_gy} Gy" if volume.total_dose_gy is not None else "dose unknown"
    fractions = f"in {volume.fractions} fractions" if volume.fractions else "fractions unknown"
    where = _site(volume.site) if volume.site else "no site"
    unusable = f", not used: {volume.unusable}" if volume.unusable else ""
    metric = f", {volume.metric}" if volume.metric else ""
    name = f"volume {volume.name or volume.reference or ''} ({volume.volume_type}, {where})"
    return f"{name}: {dose} {fractions} {volume.basis}{metric}{unusable}"


def _finding(finding: Finding) -> Iterator[str]:
    urgency = finding.urgency.indicator if finding.urgency is not None else "rides along"
    yield f"{finding.rule}: {finding.status} ({finding.topic}, {urgency})"
    for name, value in finding.values.items():
        yield f"    {name}: {_value(value)}"
    if finding.evidence:
        yield f"    evidence: {', '.join(finding.evidence)}"
    for source in finding.sources:
        yield f"    source: {', '.join(part for part in (source.label, source.where, source.url) if part)}"


def _value(value: JSON) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_value(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "; ".join(map(_value, value))
    return str(value)
