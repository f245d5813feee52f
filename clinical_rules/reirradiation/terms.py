"""The EQD2 that one course adds to a structure: a dose on file, a prescription as a screen, or unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from clinical_rules.dose import cumulative_eqd2, eqd2_from_bed, exact
from clinical_rules.errors import DoseError
from clinical_rules.facts import DoseToVolume, EquieffectiveDose, Modality, RadiotherapyCourse
from clinical_rules.reirradiation.metrics import metric_class, metric_of
from clinical_rules.reirradiation.shares import Share

Basis = Literal["documented", "assumed-prescription", "unknown"]
PHOTON_LIKE = frozenset({Modality.PHOTON, Modality.ELECTRON, Modality.EXTERNAL_BEAM, Modality.UNKNOWN})
UNSURE_STATUS = frozenset({"in-progress", "on-hold"})


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a sum. `missing` says why there is no number; `unsure` why it never reassures."""

    share: Share
    basis: Basis
    eqd2_gy: Fraction | None = None
    volume: DoseToVolume | None = None
    missing: str | None = None
    unsure: str | None = None

    @property
    def metric(self) -> str | None:
        """The metric of a documented dose."""
        return None if self.volume is None or self.basis != "documented" else metric_of(self.volume)


def not_photons(course: RadiotherapyCourse) -> bool:
    """Whether the photon formula does not hold for any part of the course."""
    return any(modality not in PHOTON_LIKE for modality in course.modalities)


def preferred_class(shares: Iterable[Share], limit_metric: str) -> str | None:
    """The metric class to read organ doses in: that of the limit where all have it, else one that all have."""
    found = [{metric_class(metric_of(volume)) for volume in share.organs} for share in shares if share.organs]
    common = set.intersection(*found) if found else set()
    wanted = metric_class(limit_metric)
    if wanted in common or not common - {None}:
        return wanted
    return min(name for name in common if name is not None)


def term(share: Share, alpha_beta_gy: Decimal, wanted: str | None) -> Term:
    """The term of a share: its documented dose, else the prescription where the structure lies inside."""
    if share.organs:
        return _documented(share, alpha_beta_gy, wanted)
    if not share.near:
        return Term(share, "unknown", missing="no-organ-dose")
    if share.placed != "inside":
        return Term(share, "unknown", missing="site-unknown" if share.placed == "unknown" else "no-organ-dose")
    return _screened(share, alpha_beta_gy)


def volume_eqd2(volume: DoseToVolume, course: RadiotherapyCourse, alpha_beta_gy: Decimal) -> Fraction | str:
    """The EQD2 of a volume's dose, or the reason why there is none.

    Never a photon formula for what is not photons: there only a dose that the record itself states as
    equieffective, at the very same alpha/beta. Where the record states both, the higher one counts.
    """
    if volume.unusable is not None:
        return volume.unusable
    stated = _equieffective(volume.equieffective, alpha_beta_gy)
    found = "not-photons" if not_photons(course) else _from_fractions(volume, alpha_beta_gy)
    if stated is None:
        return found
    return stated if isinstance(found, str) else max(found, stated)


def _from_fractions(volume: DoseToVolume, alpha_beta_gy: Decimal) -> Fraction | str:
    doses = _schedules(volume)
    if isinstance(doses, str):
        return doses
    try:
        return cumulative_eqd2(doses, alpha_beta_gy)
    except DoseError:
        return "dose-not-usable"


def _schedules(volume: DoseToVolume) -> list[tuple[Decimal, int]] | str:
    if volume.uniform is False:
        return [(phase.total_dose_gy, phase.fractions) for phase in volume.phases] or "fraction-sizes-differ"
    if volume.total_dose_gy is None:
        return "no-dose"
    return "no-fractions" if volume.fractions is None else [(volume.total_dose_gy, volume.fractions)]


def _contradicted(volume: DoseToVolume, course: RadiotherapyCourse, alpha_beta_gy: Decimal) -> str | None:
    """Whether the stated equieffective dose is another than that of the fractions, beyond its last decimal."""
    stated = _equieffective(volume.equieffective, alpha_beta_gy)
    found = None if not_photons(course) else _from_fractions(volume, alpha_beta_gy)
    if stated is None or volume.equieffective is None or not isinstance(found, Fraction):
        return None
    last_decimal = exact(Decimal(1).scaleb(int(volume.equieffective.dose_gy.as_tuple().exponent)))
    return "stated-equieffective-dose-differs" if abs(found - stated) > last_decimal else None


def _equieffective(stated: EquieffectiveDose | None, alpha_beta_gy: Decimal) -> Fraction | None:
    if stated is None or stated.alpha_beta_gy != alpha_beta_gy or stated.dose_gy <= 0:
        return None
    return exact(stated.dose_gy) if stated.kind == "EQD2" else eqd2_from_bed(stated.dose_gy, alpha_beta_gy)


def _documented(share: Share, alpha_beta_gy: Decimal, wanted: str | None) -> Term:
    def fits(volume: DoseToVolume) -> tuple[bool, bool, str]:
        found = metric_class(metric_of(volume))
        return found != wanted, found is not None, found or ""

    best = min(fits(volume) for volume in share.organs)
    alike = [volume for volume in share.organs if fits(volume) == best]
    return _highest(share, "documented", alike, alpha_beta_gy)


def _screened(share: Share, alpha_beta_gy: Decimal) -> Term:
    return _highest(share, "assumed-prescription", share.prescriptions, alpha_beta_gy)


def _highest(share: Share, basis: Basis, volumes: Sequence[DoseToVolume], alpha_beta_gy: Decimal) -> Term:
    """The highest of several volumes, never their sum; unsure where one that might be higher has no number."""
    read = [(volume_eqd2(volume, share.course, alpha_beta_gy), volume) for volume in volumes]
    known = [(found, volume) for found, volume in read if isinstance(found, Fraction)]
    reasons = sorted(found for found, _ in read if isinstance(found, str))
    if not known:
        return Term(share, "unknown", missing=reasons[0] if reasons else "no-dose")
    found, volume = max(known, key=lambda one: (one[0], one[1].reference or "", one[1].name or ""))
    unsure = reasons[0] if reasons else _contradicted(volume, share.course, alpha_beta_gy) or _unsure(share.course)
    return Term(share, basis, found, volume, unsure=unsure)


def _unsure(course: RadiotherapyCourse) -> str | None:
    if course.status in UNSURE_STATUS and not course.planned:
        return "course-not-finished"
    stated = set(course.modalities) - {Modality.UNKNOWN}
    return None if stated else "modality-not-stated"
