"""Radiotherapy that was given or is ordered."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from clinical_rules.facts.dates import PartialDate
from clinical_rules.facts.sites import BodySite

DoseBasis = Literal["delivered", "planned", "prescribed"]
CourseStatus = Literal["completed", "in-progress", "stopped", "on-hold", "unknown"]
VolumeType = Literal["target", "organ-at-risk", "unknown"]
Intent = Literal["curative", "palliative", "other"]
SitesFrom = Literal["volume", "body-site", "reason", "none"]


class Modality(StrEnum):
    """What kind of radiation a course used; only photons and electrons enter the fractionation formula."""

    PHOTON = "photon"
    ELECTRON = "electron"
    PROTON = "proton"
    CARBON = "carbon"
    NEUTRON = "neutron"
    NEUTRON_CAPTURE = "neutron-capture"
    BRACHYTHERAPY = "brachytherapy"
    PERMANENT_IMPLANT = "permanent-implant"
    RADIONUCLIDE = "radionuclide"
    INTRA_OPERATIVE = "intra-operative"
    EXTERNAL_BEAM = "external-beam"  # external, particle not stated: read as photons, and said so
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EquieffectiveDose:
    """A dose stated by the record as EQD2 or BED, with the alpha/beta it names (None: it names none)."""

    kind: Literal["EQD2", "BED"]
    dose_gy: Decimal
    alpha_beta_gy: Decimal | None


@dataclass(frozen=True, slots=True)
class DoseToVolume:
    """The dose of one course to one volume: totals over its phases, never over other volumes.

    `metric` is a dose metric the record states (`Dmax`, `D0.1cc`, `Dmean` ...), None where it states none.
    `uniform` is False where the record says that fraction sizes differ. `unusable` names why the dose
    may not be computed with (then `total_dose_gy` is still what was read, or None); None: usable.
    """

    basis: DoseBasis
    site: BodySite | None
    total_dose_gy: Decimal | None = None
    fractions: int | None = None
    fraction_dose_gy: Decimal | None = None
    volume_type: VolumeType = "unknown"
    metric: str | None = None
    point_dose: bool = False
    uniform: bool | None = None
    fractions_from: Literal["stated", "sessions", "division"] | None = None
    equieffective: EquieffectiveDose | None = None
    phases: tuple["PhaseDose", ...] = ()
    name: str | None = None
    reference: str | None = None
    unusable: str | None = None


@dataclass(frozen=True, slots=True)
class PhaseDose:
    """One phase's physical dose to the volume, where fraction sizes differ between phases."""

    total_dose_gy: Decimal
    fractions: int
    reference: str


@dataclass(frozen=True, slots=True)
class RadiotherapyCourse:
    """One course, assembled once from all records that describe it; or one ordered course.

    `sites` are where it was given, by the best source (`sites_from`); several where several are stated.
    `reirradiation` is the explicit flag of the record. `planned` marks an order (never prior dose).
    `selected` matters on order-select only. `coded` is False where recognition rests on text or on
    an unverified code. `date_problem` says what is wrong with the dates (reversed, future), else None.
    """

    reference: str
    references: tuple[str, ...]
    status: CourseStatus
    modalities: tuple[Modality, ...]
    volumes: tuple[DoseToVolume, ...] = ()
    sites: tuple[BodySite, ...] = ()
    sites_from: SitesFrom = "none"
    start: PartialDate | None = None
    end: PartialDate | None = None
    fractions: int | None = None
    techniques: tuple[str, ...] = ()
    intent: Intent | None = None
    reason_references: tuple[str, ...] = ()
    reason_site: str | None = None
    reason_kinds: tuple[str, ...] = ()  # of an order: "bone-metastasis", "pain", "cord-compression", "benign" ...
    reirradiation: bool | None = None
    planned: bool = False
    selected: bool = True
    coded: bool = True
    label: str = "radiotherapy"
    date_problem: str | None = None
    replaces: tuple[str, ...] = ()  # references of earlier courses this order is the record of (basedOn)


@dataclass(frozen=True, slots=True)
class RadiotherapyHistory:
    """A statement that radiotherapy was given, without a course: Z92.3, "history of radiation therapy"."""

    reference: str
    label: str
    date: PartialDate | None = None
