"""The record of a Procedure or ServiceRequest, made of its content and its links."""

from typing import Literal

from clinical_rules.facts import CourseStatus, Modality, PartialDate
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import Json
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_content import Content
from fhir_mappings.radiotherapy_elements import flag
from fhir_mappings.radiotherapy_links import Reasons, official_ids, read_intent, read_reasons, references, version
from fhir_mappings.radiotherapy_notes import Notes
from fhir_mappings.radiotherapy_recognise import Recognition
from fhir_mappings.radiotherapy_record import RadiotherapyRecord
from fhir_mappings.resources import Resources

M = Modality
_REIRRADIATION = "codexrt-radiotherapy-course-involves-reirradiation"
_LABELS = {
    M.PERMANENT_IMPLANT: "permanent implant", M.BRACHYTHERAPY: "brachytherapy", M.RADIONUCLIDE: "radionuclide therapy",
    M.NEUTRON_CAPTURE: "neutron capture therapy", M.INTRA_OPERATIVE: "intra-operative radiotherapy",
    M.PROTON: "proton therapy", M.CARBON: "carbon ion therapy", M.NEUTRON: "neutron therapy",
}  # fmt: skip


def record_of(
    entry: Selected, resources: Resources, codes: CodeTable,
    recognition: Recognition, content: Content, notes: Notes, *,
    resource_type: Literal["Procedure", "ServiceRequest"], status: CourseStatus, start: PartialDate | None,
    end: PartialDate | None, left_out: str | None,
) -> RadiotherapyRecord:  # fmt: skip
    """The record of a Procedure or ServiceRequest."""
    resource: Json = entry.resource
    reasons = read_reasons(resource, entry, resources, codes)
    return RadiotherapyRecord(
        reference=entry.reference,
        resource_type=resource_type,
        level=recognition.level,
        status=status,
        modalities=content.modalities,
        techniques=content.techniques,
        volumes=content.volumes,
        volume_keys=content.volume_keys,
        sites=content.sites,
        official_ids=official_ids(resource),
        version=version(resource, content.fractions or content.counts.sessions or 0),
        part_of=references(resource, "partOf", entry, resources),
        based_on=references(resource, "basedOn", entry, resources),
        start=start,
        end=end,
        sessions=content.counts.sessions,
        fractions=content.fractions,
        intent=read_intent(resource),
        reasons=reasons.references,
        reason_site=reasons.site,
        reason_body_site=reasons.body_site,
        reason_kinds=reasons.kinds,
        increment=content.increment,
        reirradiation=_reirradiation(resource, reasons),
        coded=recognition.coded,
        label=_label(content),
        left_out=left_out,
        problems=notes.problems,
    )


def _reirradiation(resource: Json, reasons: Reasons) -> bool | None:
    """The explicit flag; a reason code of re-irradiation in or at the edge of the field counts as set."""
    return True if reasons.reirradiation else flag(resource, _REIRRADIATION)


def _label(content: Content) -> str:
    """What a card may call the treatment, from codes only."""
    named = next((_LABELS[kind] for kind in _LABELS if kind in content.modalities), None)
    stereotactic = {"stereotactic", "radiosurgery"}.intersection(content.techniques)
    return named or ("stereotactic radiotherapy" if stereotactic else "radiotherapy")
