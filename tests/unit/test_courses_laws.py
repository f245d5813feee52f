"""Laws of assembling: order does not matter, nothing is lost, more phases never mean less dose."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from clinical_rules.facts import BodySite, DoseToVolume, Modality, PartialDate
from fhir_mappings.code_table import CodeTable
from fhir_mappings.courses import assemble
from fhir_mappings.orders import assemble_orders
from fhir_mappings.radiotherapy_record import RadiotherapyRecord

CODES = CodeTable(bounds={"course.generic-gap-days": Decimal(30)})
SITES = (BodySite(region="brain", label="brain"), BodySite(region="breast", label="breast", side="left"), None)
NAMES = st.sampled_from("abcdefgh")
Draw = Callable[..., object]

volumes = st.builds(
    DoseToVolume,
    basis=st.just("delivered"),
    site=st.sampled_from(SITES),
    total_dose_gy=st.none() | st.integers(0, 80).map(Decimal),
    fractions=st.none() | st.integers(1, 40),
    volume_type=st.sampled_from(["target", "unknown", "organ-at-risk"]),
    uniform=st.sampled_from([True, False, None]),
    unusable=st.sampled_from([None, None, None, "missing-unit", "nothing-delivered"]),
)


@st.composite
def some_records(draw: Draw, kind: str = "Procedure") -> list[RadiotherapyRecord]:
    names = draw(st.lists(NAMES, unique=True, max_size=8))
    found = []
    for name in names:
        resource = draw(st.sampled_from([kind, kind, kind, "Observation"])) if kind == "Procedure" else kind
        start = draw(st.none() | st.integers(0, 200).map(lambda days: date(2024, 1, 1) + timedelta(days)))
        doses = draw(st.lists(volumes, max_size=2))
        found.append(
            RadiotherapyRecord(
                f"{resource}/{name}",
                resource,
                draw(st.sampled_from(["course", "phase", "plan", "fraction", "generic"])),
                draw(st.sampled_from(["completed", "in-progress", "stopped"])),
                (draw(st.sampled_from(list(Modality))),),
                volumes=tuple(doses),
                volume_keys=tuple(draw(st.sampled_from(["v", "w", "", "s|1"])) for _ in doses),
                sites=draw(st.sampled_from([(), SITES[:1], SITES[:2]])),
                official_ids=draw(st.sampled_from([(), ("s|1",), ("s|2",), ("urn:dicom:uid|3",)])),
                part_of=tuple(f"Procedure/{parent}" for parent in draw(st.lists(NAMES, max_size=2))),
                based_on=tuple(f"ServiceRequest/{above}" for above in draw(st.lists(NAMES, max_size=2))),
                start=PartialDate.on(start) if start else None,
                end=PartialDate.on(start + timedelta(draw(st.integers(-5, 50)))) if start else None,
                increment=draw(st.sampled_from([False, False, True, None])),
                left_out=draw(st.sampled_from([None, None, None, "not-done"])),
            )
        )
    return found


@settings(max_examples=150, deadline=None)
@given(some_records(), st.randoms())
def test_courses_do_not_depend_on_the_order_of_records(records, random):
    shuffled = random.sample(records, len(records))
    assert assemble(shuffled, CODES) == assemble(records, CODES)


@settings(max_examples=150, deadline=None)
@given(some_records())
def test_every_record_is_in_exactly_one_course_or_reported(records):
    courses, problems = assemble(records, CODES)
    used = sorted(reference for course in courses for reference in course.references)
    assert used == sorted(record.reference for record in records if record.left_out is None)
    left_out = {problem.reference for problem in problems if problem.problem == "left-out"}
    assert left_out == {record.reference for record in records if record.left_out is not None}


@settings(max_examples=100, deadline=None)
@given(some_records("ServiceRequest"), st.randoms())
def test_orders_do_not_depend_on_their_order_and_none_is_lost(records, random):
    found = assemble_orders(records, None)
    assert assemble_orders(random.sample(records, len(records)), None) == found
    used = {reference for course in found[0] for reference in course.references}
    assert used == {record.reference for record in records if record.left_out is None}


phases = st.lists(st.tuples(st.sampled_from("vw"), st.integers(1, 60), st.integers(1, 30)), min_size=1, max_size=5)


@settings(max_examples=100, deadline=None)
@given(phases)
def test_adding_a_phase_never_lowers_the_total_of_a_volume(parts):
    def totals(number: int) -> dict[str | None, Decimal]:
        records = [
            RadiotherapyRecord(
                f"Procedure/{place}", "Procedure", "phase", "completed", (Modality.PHOTON,),
                volumes=(DoseToVolume("delivered", SITES[0], Decimal(total), fractions, name=key),),
                volume_keys=(key,), part_of=("Procedure/x",),
            )
            for place, (key, total, fractions) in enumerate(parts[:number])
        ]  # fmt: skip
        (course,) = assemble(records, CODES)[0]
        return {volume.name: volume.total_dose_gy or Decimal(0) for volume in course.volumes}

    before, after = totals(len(parts) - 1) if len(parts) > 1 else {}, totals(len(parts))
    assert all(after[name] >= total for name, total in before.items())
