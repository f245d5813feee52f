"""What rert-cds dose has worked out, ready to be printed for people or for machines."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cds_service.cli_dose_cord import CordScore
from cds_service.cli_dose_course import Course
from cds_service.cli_dose_limits import Room, Situation
from cds_service.cli_dose_recovery import SecondSum
from clinical_rules.dose import bed, cumulative_eqd2, eqd2
from clinical_rules.findings import SourceReference
from clinical_rules.intervals import months_between

LABEL = (
    "Arithmetic, not advice, and no dose to prescribe: a sum without recovery, as if all doses fell on the same point."
)


@dataclass(frozen=True, slots=True)
class Sums:
    """The courses with their sums at one alpha/beta, and what was asked of structure and recovery."""

    courses: tuple[Course, ...]
    situation: Situation
    alpha_beta_gy: Decimal
    structure: str | None
    rooms: tuple[Room, ...]
    second: SecondSum | None
    cord: CordScore | None
    best_supported_gy: Decimal
    unusual_gy: Decimal

    def bed_gy(self, course: Course) -> Fraction:
        """The BED of one course."""
        return bed(course.total_dose_gy, course.fractions, self.alpha_beta_gy)

    def eqd2_gy(self, course: Course) -> Fraction:
        """The EQD2 of one course."""
        return eqd2(course.total_dose_gy, course.fractions, self.alpha_beta_gy)

    @property
    def total_bed_gy(self) -> Fraction:
        """The BED of all courses."""
        return sum(map(self.bed_gy, self.courses), Fraction(0))

    @property
    def total_eqd2_gy(self) -> Fraction:
        """The EQD2 of all courses, without recovery."""
        return cumulative_eqd2(
            [(course.total_dose_gy, course.fractions) for course in self.courses], self.alpha_beta_gy
        )

    def months_before(self, course: Course) -> Decimal | None:
        """Months from the end of an earlier course to the new part, or to the day asked about."""
        if course is self.situation.new or course.end is None or course.end > self.situation.start:
            return None
        return months_between(course.end, self.situation.start)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is unusual about the numbers as typed."""
        beyond = [
            f"course {index}: above {self.best_supported_gy} Gy per fraction, outside the model's best-supported range"
            for index, course in enumerate(self.courses, 1)
            if course.fraction_dose_gy > self.best_supported_gy
        ]
        large = [
            f"course {index}: above {self.unusual_gy} Gy in all; is the dose in Gy?"
            for index, course in enumerate(self.courses, 1)
            if course.total_dose_gy > self.unusual_gy
        ]
        return (*beyond, *large)


def source_words(source: SourceReference) -> str:
    """A source in one line."""
    return ", ".join(part for part in (source.label, source.where, source.url) if part)
