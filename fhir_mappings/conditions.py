"""Condition -> CancerDiagnosis (mCODE PrimaryCancerCondition and SecondaryCancerCondition, IDEA4RC, onconova)."""

from dataclasses import replace

from clinical_rules.facts import UNSPECIFIED, BodySite, CancerDiagnosis, DataProblem, DiagnosisRole, PartialDate
from fhir_mappings.body_sites import read_body_site, read_side
from fhir_mappings.code_table import CodeTable, DiagnosisCode
from fhir_mappings.condition_links import follows, recurrence_kind, related_primary
from fhir_mappings.condition_status import clinical_status, left_out, status_by_code, verification
from fhir_mappings.dates import first_date, read_date
from fhir_mappings.diagnosis_codes import Named, morphology, node_group, read_diagnosis
from fhir_mappings.history_codes import is_cancer_history
from fhir_mappings.jsontools import Json, codings, concept_text, items, obj, text
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_diagnoses import body_site_of
from fhir_mappings.radiotherapy_elements import concepts, first, tail
from fhir_mappings.resources import Resources

ADDED = "context.conditions"
"""Key of the entries that problem-list-item-create brings."""

_LABEL_LENGTH = 80
_UNKNOWN = DiagnosisCode("other", UNSPECIFIED, None, "primary")


def read_condition(entry: Selected, resources: Resources, codes: CodeTable) -> CancerDiagnosis | DataProblem | None:
    """The cancer a Condition names; a problem if it was left out though it names one; None if it names none."""
    resource = entry.resource
    named = named_cancer(resource, codes)
    if named is None:
        return None
    why = left_out(resource)
    if why is not None:
        return DataProblem("left-out", entry.reference, f"cancer diagnosis with verification status {why}; not used")
    return _diagnosis(entry, named, resources, codes)


def named_cancer(resource: Json, codes: CodeTable) -> Named | None:
    """What cancer a Condition names: by its code, its history code, or only by an oncology profile."""
    concept = obj(resource.get("code"))
    found = read_diagnosis(concept, codes, items(resource.get("bodySite")))
    if found is not None:
        return _metastatic(found, resource)
    system, code = next(iter(codings(concept)), ("", ""))
    if is_cancer_history(concept):
        return Named(replace(_UNKNOWN, role="history"), system, code)
    role = _profile_role(resource)
    return None if role is None else Named(replace(_UNKNOWN, role=role), system, code, coded=False)


def histology(resource: Json) -> str | None:
    """The ICD-O-3 morphology of a Condition: from the mCODE extension, else from its own code."""
    for concept in (*concepts(resource, "mcode-histology-morphology-behavior"), resource.get("code")):
        if found := morphology(concept):
            return found
    return None


def _metastatic(named: Named, resource: Json) -> Named:
    """Behaviour /6 says metastatic, where the code itself says no more than cancer."""
    if named.meaning.role == "primary" and (histology(resource) or "").endswith("/6"):
        return replace(named, meaning=replace(named.meaning, role="secondary"))
    return named


def _profile_role(resource: Json) -> DiagnosisRole | None:
    """The role by profile or histology, for a code that we do not know."""
    stated = obj(resource.get("meta")).get("profile")
    names = {tail(profile) for profile in stated} if isinstance(stated, list) else set()
    if any("secondary-cancer-condition" in name for name in names):
        return "secondary"
    known = any("primary-cancer-condition" in name for name in names)
    return "primary" if known or first(resource, "mcode-histology-morphology-behavior") else None


def _diagnosis(entry: Selected, named: Named, resources: Resources, codes: CodeTable) -> CancerDiagnosis:
    resource, meaning = entry.resource, named.meaning
    site, sides_differ = _body_site(resource, named, codes)
    return CancerDiagnosis(
        entry.reference,
        role=meaning.role,
        site=meaning.site,
        body_site=site,
        clinical_status=status_by_code(clinical_status(resource), named.system, named.code),
        verification=verification(resource),
        organ=meaning.subsite or (meaning.region if meaning.role == "secondary" else None),
        node_group=node_group(named, codes),
        histology=histology(resource),
        onset=_onset(resource),
        recorded=read_date(resource.get("recordedDate")),
        abatement=_abatement(resource),
        encounter=text(obj(resource.get("encounter")).get("reference")),
        category=_category(resource),
        conflict=named.conflict or sides_differ,
        coded=named.coded,
        label=_label(resource),
        code=named.code or None,
        related_primary=related_primary(entry, resources),
        follows=follows(entry, resources),
        recurrence_kind=recurrence_kind(resource),
        just_added=entry.key == ADDED,
    )


def _body_site(resource: Json, named: Named, codes: CodeTable) -> tuple[BodySite | None, str | None]:
    """The place by the code, with what bodySite adds: a side, a finer place; and how the two disagree."""
    by_code = body_site_of(named.meaning, named.system, named.code)
    stated = [site for place in items(resource.get("bodySite")) if (site := read_body_site(place, codes))]
    bare = read_side(items(resource.get("bodySite")))  # a side as a body site of its own
    if by_code is None:
        known = [site for site in stated if site.region != UNSPECIFIED]
        found = next(iter(known or stated), None)
        return (replace(found, side=bare) if found and bare and not found.side else found), None
    same = [site for site in stated if site.region == by_code.region]
    finer = next((site for site in same if site.subsite and not by_code.subsite), None)
    sides = {site.side for site in (same or stated) if site.side} | ({named.side} if named.side else set())
    side = sides.pop() if len(sides) == 1 else "unknown" if sides else bare
    site = replace(by_code, side=side, coded=named.coded, label=finer.label if finer else by_code.label)
    if finer:
        site = replace(site, subsite=finer.subsite, structures=finer.structures)
    return site, "its code and its body site name different sides" if side == "unknown" and named.side else None


def _onset(resource: Json) -> PartialDate | None:
    """When the disease began: onset, else the date of diagnosis that mCODE keeps in an extension."""
    asserted = first(resource, "condition-asserteddate") or {}
    return first_date(resource, "onsetDateTime", "onsetPeriod") or read_date(asserted.get("valueDateTime"))


def _abatement(resource: Json) -> PartialDate | None:
    period = obj(resource.get("abatementPeriod"))
    return (
        read_date(resource.get("abatementDateTime")) or read_date(period.get("end")) or read_date(period.get("start"))
    )


def _category(resource: Json) -> str | None:
    found = sorted(code for concept in items(resource.get("category")) for _, code in codings(concept))
    return found[0] if found else None


def _label(resource: Json) -> str:
    return (concept_text(resource.get("code")) or "")[:_LABEL_LENGTH]
