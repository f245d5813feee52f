"""The records of one course."""

from dataclasses import dataclass

from fhir_mappings.course_links import Records
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

MISSING = "missing-dose"
"""Why a dose may not be computed with: none is stated."""
NOTHING = "nothing-delivered"
"""The same: none has been given so far."""


@dataclass(frozen=True, slots=True)
class CourseGroup:
    """All records of one course: its summary, if there is one, and its parts in order of time."""

    head: RadiotherapyRecord | None
    parts: Records = ()

    @property
    def records(self) -> Records:
        """The summary first, then the parts."""
        return (self.head, *self.parts) if self.head else self.parts

    @property
    def main(self) -> RadiotherapyRecord:
        """The record that the course is named after."""
        return self.records[0]


def has_dose(record: RadiotherapyRecord) -> bool:
    """Whether the record states a dose that was given, usable or not."""
    return any(
        volume.unusable not in (None, MISSING, NOTHING) or (volume.total_dose_gy is not None and not volume.unusable)
        for volume in record.volumes
    )
