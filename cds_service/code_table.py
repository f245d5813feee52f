"""The code table that the readers of FHIR match against, made once from the knowledge."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from cds_service.code_texts import diagnosis_texts, site_label, site_texts
from clinical_rules.anatomy import Anatomy, DiagnosisRow, SiteRow
from clinical_rules.facts import BodySite
from clinical_rules.knowledge import Knowledge, KnowledgeOn
from clinical_rules.knowledge.schema import CodeList
from fhir_mappings.code_table import ICD10CM, ICDO3, SCT, CodeTable, DiagnosisCode, RoleCode

Unverified = Literal["low-confidence", "refuse"]

SYSTEMS = {"ICD-10-CM": ICD10CM, "ICD-O-3": ICDO3, "SNOMED CT": SCT}
ICD10_ELSEWHERE = ("http://hl7.org/fhir/sid/icd-10", "http://fhir.de/CodeSystem/bfarm/icd-10-gm")
"""ICD-10 of the WHO and of Germany: the same as ICD-10-CM up to one digit after the point, not read there."""

_NOT_READ = "not read"
_SHARED_LENGTH = len("C79.5")


def build_code_table(knowledge: Knowledge | KnowledgeOn, *, unverified: Unverified = "low-confidence") -> CodeTable:
    """The frozen table; a Knowledge is taken with its latest values."""
    known = knowledge if isinstance(knowledge, KnowledgeOn) else knowledge.on(date.max)
    anatomy, lists = known.anatomy, known.code_lists
    return CodeTable(
        body_sites=MappingProxyType({(SCT, row.code): _body_site(row) for row in anatomy.sites}),
        icd_prefixes=MappingProxyType(_icd_prefixes(anatomy.diagnoses)),
        diagnoses=MappingProxyType(
            {(SYSTEMS[row.system], row.code): _diagnosis(row) for row in anatomy.diagnoses if row.match == "exact"}
        ),
        roles=MappingProxyType(_roles(lists, "exact")),
        role_prefixes=MappingProxyType(_roles(lists, "prefix")),
        texts=MappingProxyType(_texts(anatomy, lists)),
        bounds=MappingProxyType(_bounds(known)),
        kinds=MappingProxyType({item: kind for listed in lists for item, kind in listed.kinds.items()}),
        tested_drugs=frozenset(drug for held in known.drug_tests for drug in held.test.drugs),
        unverified=unverified,
    )


def observation_codes(knowledge: Knowledge | KnowledgeOn) -> str:
    """The codes of the `observations` query of discovery: `system|code,system|code`, sorted."""
    asked = {
        f"{code.system}|{code.code}"
        for listed in knowledge.code_lists
        if listed.prefetch and listed.resource == "Observation"
        for code in listed.codes
    }
    return ",".join(sorted(asked))


def _body_site(row: SiteRow) -> BodySite:
    return BodySite(
        region=row.region,
        label=site_label(row.display),
        subsite=row.subsite,
        side=row.side,
        structures=row.tg263,
        code=row.code,
        system=SCT,
    )


def _diagnosis(row: DiagnosisRow, *, read_here: bool = True) -> DiagnosisCode:
    verified = read_here and _NOT_READ not in row.source
    return DiagnosisCode(row.site, row.region, row.subsite, row.role, verified)


def _icd_prefixes(rows: Iterable[DiagnosisRow]) -> dict[str, Mapping[str, DiagnosisCode]]:
    found: dict[str, dict[str, DiagnosisCode]] = defaultdict(dict)
    for row in rows:
        if row.match != "prefix":
            continue
        found[SYSTEMS[row.system]][row.code] = _diagnosis(row)
        if row.system == "ICD-10-CM" and len(row.code) <= _SHARED_LENGTH:
            for system in ICD10_ELSEWHERE:
                found[system][row.code] = _diagnosis(row, read_here=False)
    return {system: MappingProxyType(prefixes) for system, prefixes in found.items()}


def _roles(lists: Iterable[CodeList], match: str) -> dict[str, Mapping[tuple[str, str], RoleCode]]:
    found: dict[str, dict[tuple[str, str], RoleCode]] = defaultdict(dict)
    for listed in lists:
        for code in listed.codes:
            if code.match == match:
                meaning = RoleCode(listed.role, code.item, code.verified is not None, code.kind, code.score)
                found[listed.resource].setdefault((code.system, code.code), meaning)
    return {resource: MappingProxyType(codes) for resource, codes in found.items()}


def _texts(anatomy: Anatomy, lists: Iterable[CodeList]) -> dict[str, Mapping[str, str]]:
    """Per role, text to item; for places and diagnoses text to a SNOMED CT code or a region."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for listed in lists:
        found[listed.role].update(listed.texts)
    found["body-site"] = site_texts(anatomy)
    found["diagnosis"] = diagnosis_texts(anatomy)
    return {role: MappingProxyType(texts) for role, texts in found.items() if texts}


def _bounds(known: KnowledgeOn) -> dict[str, Decimal]:
    """Every parameter that is one number."""
    return {name: value.value for name, value in known.parameters.items() if isinstance(value.value, Decimal)}
