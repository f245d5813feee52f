"""One radiotherapy record as it stands in a resource, before courses are assembled from several."""

from dataclasses import dataclass
from typing import Literal

from clinical_rules.facts import (
    BodySite,
    CourseStatus,
    DataProblem,
    DoseToVolume,
    Intent,
    Modality,
    PartialDate,
)

Level = Literal["course", "phase", "plan", "fraction", "generic"]


@dataclass(frozen=True, slots=True)
class RadiotherapyRecord:
    """What one Procedure (or ServiceRequest, or dose Observation) says of radiotherapy.

    `level` by its code; `generic` where no level is coded. `official_ids` are `system|value` of official
    identifiers (all identifiers where none is official); `version` orders snapshots: (fractions,
    lastUpdated, versionId). `increment` is True where it states that it adds to another record (a German
    boost flag, the survivorship boost observation), None where that is unclear. `part_of`, `based_on`,
    `reasons` are normalised references. `volumes` keep one DoseToVolume per dose extension;
    `volume_keys` name the same volume across records (BodyStructure identifier, else its reference,
    else its location). `left_out` is set for not-done and entered-in-error.
    """

    reference: str
    resource_type: Literal["Procedure", "ServiceRequest", "Observation"]
    level: Level
    status: CourseStatus
    modalities: tuple[Modality, ...]
    techniques: tuple[str, ...] = ()
    volumes: tuple[DoseToVolume, ...] = ()
    volume_keys: tuple[str, ...] = ()
    sites: tuple[BodySite, ...] = ()
    official_ids: tuple[str, ...] = ()
    version: tuple[int, str, str] = (0, "", "")
    part_of: tuple[str, ...] = ()
    based_on: tuple[str, ...] = ()
    start: PartialDate | None = None
    end: PartialDate | None = None
    sessions: int | None = None
    fractions: int | None = None
    intent: Intent | None = None
    reasons: tuple[str, ...] = ()
    reason_site: str | None = None
    reason_body_site: BodySite | None = None
    reason_kinds: tuple[str, ...] = ()
    increment: bool | None = False
    reirradiation: bool | None = None
    coded: bool = True
    label: str = "radiotherapy"
    left_out: str | None = None
    problems: tuple[DataProblem, ...] = ()
