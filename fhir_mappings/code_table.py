"""The frozen table of codes that the readers match against; the application builds it from the knowledge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from clinical_rules.facts import BodySite, DiagnosisRole, GenomicKind

SCT = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICDO3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"


@dataclass(frozen=True, slots=True)
class DiagnosisCode:
    """What a diagnosis code says: site of product.md 3.3, region, subsite, role."""

    site: str
    region: str
    subsite: str | None
    role: DiagnosisRole
    verified: bool = True


@dataclass(frozen=True, slots=True)
class RoleCode:
    """What part a code plays for the rules: `role` (an EventKind, `stage`, `tumour-marker` ...) and its item."""

    role: str
    item: str
    verified: bool = True
    kind: GenomicKind | None = None  # of a biomarker: what the test is about, where the code says it
    score: str | None = None  # what the number of the test counts (TPS, CPS ...)


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: it keys what is made from it once
class CodeTable:
    """All code lookups. Keys are (canonical system, code); matching is exact unless said otherwise.

    `body_sites`: SNOMED CT (and local target lists) to a BodySite. `icd_prefixes`: per system, prefix to
    meaning; the longest prefix wins and systems never mix. `diagnoses`: exact SNOMED CT disorders.
    `roles`: per resource type, exact codes; `role_prefixes` likewise by prefix. `texts`: per role, the
    closed list of lower-case texts of coded elements. `bounds`: plausibility bounds by parameter id.
    `kinds`: what a test of a biomarker is about, where its code does not say. `tested_drugs`: the drugs whose use
    rests on a test.
    """

    body_sites: Mapping[tuple[str, str], BodySite] = field(default_factory=dict)
    icd_prefixes: Mapping[str, Mapping[str, DiagnosisCode]] = field(default_factory=dict)
    diagnoses: Mapping[tuple[str, str], DiagnosisCode] = field(default_factory=dict)
    roles: Mapping[str, Mapping[tuple[str, str], RoleCode]] = field(default_factory=dict)
    role_prefixes: Mapping[str, Mapping[tuple[str, str], RoleCode]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bounds: Mapping[str, Decimal] = field(default_factory=dict)
    kinds: Mapping[str, GenomicKind] = field(default_factory=dict)
    tested_drugs: frozenset[str] = frozenset()
    unverified: Literal["low-confidence", "refuse"] = "low-confidence"
