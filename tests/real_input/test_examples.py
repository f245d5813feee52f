"""Every Procedure of the public example files is read as a person reads it, or has a named reason why not.

`tests/data/real_input/expected.csv` was typed from the files by hand: one line per volume, or one line
without dose. Region and side are those of the volume, else of Procedure.bodySite.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from cds_service.code_table import build_code_table
from clinical_rules.facts import PatientFacts, RadiotherapyCourse
from clinical_rules.knowledge import load_knowledge
from fhir_mappings import read_facts
from fhir_mappings.code_table import CodeTable
from fhir_mappings.courses import assemble
from fhir_mappings.orders import assemble_orders
from fhir_mappings.prefetch import Prefetch, Selected
from fhir_mappings.radiotherapy import read_order, read_procedure
from fhir_mappings.radiotherapy_record import RadiotherapyRecord
from fhir_mappings.resources import Resources
from fhir_mappings.strict_json import loads

pytestmark = pytest.mark.shared_data
EXAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "fhir-examples"
if not EXAMPLES.is_dir():
    pytest.skip("the public example files are not beside the checkout (../shared/data)", allow_module_level=True)
EXPECTED = Path(__file__).resolve().parents[1] / "data" / "real_input" / "expected.csv"
Row = dict[str, str]


def typed_rows() -> dict[tuple[str, str], list[Row]]:
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            rows[row["file"], row["procedure"]].append(row)
    return rows


TYPED = typed_rows()


@pytest.fixture(scope="module")
def codes() -> CodeTable:
    return build_code_table(load_knowledge())


def resources_of(file: Path) -> Iterator[dict]:
    """The resources of a file; a single Procedure comes with the BodyStructures and Conditions beside it."""
    content = loads(file.read_bytes())
    if content["resourceType"] == "Bundle":
        yield from (entry["resource"] for entry in content["entry"])
        return
    yield content
    for kind in ("BodyStructure", "Condition"):
        yield from (loads(beside.read_bytes()) for beside in sorted(file.parent.glob(f"{kind}-*.json")))


def selected(resource: dict) -> Selected:
    kind = resource["resourceType"]
    return Selected(f"{kind}/{resource.get('id', 'none')}", kind, resource, None, "procedures")


def read(name: str, procedure: str, codes: CodeTable) -> RadiotherapyRecord | None:
    entries = [selected(resource) for resource in resources_of(EXAMPLES / name)]
    entry = next(entry for entry in entries if entry.reference == f"Procedure/{procedure}")
    return read_procedure(entry, Resources(entries), codes)


def as_typed(record: RadiotherapyRecord) -> list[dict[str, str]]:
    """The record in the columns of the table."""
    volumes = record.volumes or (None,)
    place = record.sites[0] if record.sites else None
    return [
        {
            "level": record.level,
            "status": record.status,
            "volume": (volume.name or "") if volume else "",
            "total_gy": f"{volume.total_dose_gy.normalize():f}" if volume and volume.total_dose_gy is not None else "",
            "fractions": str(volume.fractions) if volume and volume.fractions is not None else "",
            "region": site.region if (site := (volume.site if volume else None) or place) else "",
            "side": (site.side or "") if site else "",
            "start": str(record.start or ""),
            "end": str(record.end or ""),
            "modalities": " ".join(sorted(record.modalities)),
        }
        for volume in volumes
    ]


def test_the_table_names_every_procedure_of_the_folder():
    found = {
        (str(file.relative_to(EXAMPLES)), resource["id"])
        for file in sorted(EXAMPLES.rglob("*.json"))
        if file.name != "manifest.json"
        for resource in _procedures(json.loads(file.read_bytes()))
    }
    assert found == set(TYPED)


def _procedures(content: dict) -> list[dict]:
    entries = content.get("entry", []) if content["resourceType"] == "Bundle" else [{"resource": content}]
    return [entry["resource"] for entry in entries if entry["resource"]["resourceType"] == "Procedure"]


@pytest.mark.parametrize(("name", "procedure"), sorted(TYPED), ids=lambda part: part.rpartition("/")[2])
def test_a_procedure_is_read_as_it_was_typed_by_hand(name: str, procedure: str, codes: CodeTable):
    rows = TYPED[name, procedure]
    record = read(name, procedure, codes)
    if rows[0]["reason"].startswith("not-radiotherapy"):
        assert record is None
        return
    assert record is not None
    columns = [column for column in rows[0] if column not in ("file", "procedure", "reason")]
    typed = [{column: row[column] for column in columns} for row in rows]
    assert sorted(as_typed(record), key=repr) == sorted(typed, key=repr)


def facts_of(*names: str, codes: CodeTable) -> PatientFacts:
    """The facts of one patient whose chart is these files."""
    resources = [resource for name in names for resource in _parts(json.loads((EXAMPLES / name).read_bytes()))]
    subjects = (
        part["subject"]["reference"] for part in resources if part["resourceType"] == "Procedure" and "subject" in part
    )
    patient = next(subjects, "Patient/none").rpartition("/")[2]

    def bundle(*kinds: str) -> bytes:
        entries = [{"resource": part} for part in resources if part["resourceType"] in kinds]
        return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()

    return read_facts(
        Prefetch(
            patient,
            {
                "patient": json.dumps({"resourceType": "Patient", "id": patient}).encode(),
                "conditions": bundle("Condition"),
                "procedures": bundle("Procedure"),
                "volumes": bundle("BodyStructure"),
            },
        ),
        codes,
    )


def _parts(content: dict) -> list[dict]:
    return [entry["resource"] for entry in content["entry"]] if content["resourceType"] == "Bundle" else [content]


def doses(course: RadiotherapyCourse) -> list[tuple[str | None, str | None, Decimal | None, int | None]]:
    return [
        (volume.site.region if volume.site else None, volume.site.side if volume.site else None,
         volume.total_dose_gy, volume.fractions)
        for volume in course.volumes
    ]  # fmt: skip


CODEX = "codexrt-stu2-compiled"


def codex(*patterns: str) -> list[str]:
    return [f"{CODEX}/{file.name}" for pattern in patterns for file in sorted((EXAMPLES / CODEX).glob(pattern))]


def test_the_reirradiation_bundle_is_two_courses_a_year_apart(codes: CodeTable):
    courses = facts_of(f"{CODEX}/Bundle-composed-xrts05-reirradiation.json", codes=codes).courses
    assert [doses(course) for course in courses] == [
        [("brain", None, Decimal(25), 5)],
        [("brain", None, Decimal(20), 5)],
    ]
    assert [str(course.end) for course in courses] == ["2020-09-14", "2021-09-24"]
    assert [course.reirradiation for course in courses] == [False, True]


def test_bilateral_breast_is_sixty_left_and_fifty_right_and_never_more(codes: CodeTable):
    names = codex("Procedure-*101*", "Procedure-*102*", "Procedure-*103*", "BodyStructure-*10[123]*")
    (course,) = facts_of(*names, codes=codes).courses
    assert sorted(doses(course)) == [
        ("breast", "left", Decimal(50), 25),
        ("breast", "left", Decimal(60), 30),
        ("breast", "right", Decimal(50), 25),
    ]
    assert course.fractions == 30
    assert len(course.references) == 4


@pytest.mark.parametrize(
    ("number", "total", "fractions", "phases"),
    [("01", "4", 2, 0), ("02", "13.4", 7, 2), ("06", "30", 5, 0), ("07", "145", 1, 0)],
)
def test_snapshots_phases_and_the_final_course_are_one_course(
    number: str, total: str, fractions: int, phases: int, codes: CodeTable
):
    (course,) = facts_of(*codex(f"Procedure-*XRTS-{number}*", f"BodyStructure-*XRTS-{number}*"), codes=codes).courses
    (volume,) = course.volumes
    assert (volume.total_dose_gy, volume.fractions, len(volume.phases)) == (Decimal(total), fractions, phases)
    assert course.status == "completed"


def test_the_boost_volume_of_the_breast_example_shows_both_fraction_sizes(codes: CodeTable):
    (course,) = facts_of(*codex("Procedure-*XRTS-04*", "BodyStructure-*XRTS-04*"), codes=codes).courses
    boost = next(volume for volume in course.volumes if volume.total_dose_gy == 17)
    assert [(phase.total_dose_gy, phase.fractions) for phase in boost.phases] == [(9, 3), (8, 4)]


def test_phases_alone_give_the_dose_of_the_summary(codes: CodeTable):
    names = codex("Procedure-RadiotherapyTreatedPhase-XRTS-0[24]*", "BodyStructure-*XRTS-0[24]*")
    two = facts_of(*(name for name in names if "XRTS-02" in name), codes=codes).courses
    assert [doses(course) for course in two] == [[("prostate", None, Decimal("13.4"), 7)]]
    four = facts_of(*(name for name in names if "XRTS-04" in name), codes=codes).courses
    assert [sorted(doses(course)) for course in four] == [
        [
            ("breast", "left", Decimal(9), 3),
            ("breast", "left", Decimal(17), 7),
            ("breast", "right", Decimal(9), 3),
        ]
    ]


def test_a_running_course_counts_and_has_no_end(codes: CodeTable):
    names = codex("Procedure-*-0[45]-Prostate*", "BodyStructure-RadiotherapyVolume-0*")
    (course,) = facts_of(*names, codes=codes).courses
    assert (course.status, course.end, course.fractions) == ("in-progress", None, 2)
    assert {volume.total_dose_gy for volume in course.volumes} == {Decimal("3.6")}


def test_seeds_and_neutron_capture_are_recognised(codes: CodeTable):
    (seeds,) = facts_of(*codex("Procedure-*XRTS-07*"), codes=codes).courses
    assert seeds.modalities == ("permanent-implant",)
    (capture,) = facts_of(
        "mcode-stu4-npm/Procedure-radiotherapy-treatment-summary-other-with-text.json", codes=codes
    ).courses
    assert "neutron-capture" in capture.modalities


def test_the_patient_bundle_without_volumes_keeps_both_doses_at_the_body_site(codes: CodeTable):
    (course,) = facts_of("mcode-stu4-npm/Bundle-mcode-patient-bundle-jenny-m.json", codes=codes).courses
    assert sorted(doses(course)) == [
        ("chest-wall", None, Decimal(50), 25),
        ("chest-wall", None, Decimal(60), 30),
    ]


def test_records_of_one_folder_assemble_alike_in_any_order(codes: CodeTable):
    entries = [selected(loads((EXAMPLES / name).read_bytes())) for name in codex("Procedure-*", "BodyStructure-*")]
    resources = Resources(entries)
    records = [record for entry in entries if (record := read_procedure(entry, resources, codes)) is not None]
    forwards = assemble(records, codes)
    assert assemble(records[::-1], codes) == forwards
    assert len(forwards[0]) == 10


def orders_of(*patterns: str, codes: CodeTable) -> list[RadiotherapyCourse]:
    names = codex(*patterns, "BodyStructure-*")
    entries = [selected(loads((EXAMPLES / name).read_bytes())) for name in names]
    resources = Resources(entries)
    orders = [read_order(entry, resources, codes) for entry in entries if entry.resource_type == "ServiceRequest"]
    return list(assemble_orders([order for order in orders if order is not None], None, codes)[0])


def test_prescription_plan_phases_and_plans_of_one_course_are_one_order(codes: CodeTable):
    (order,) = orders_of("ServiceRequest-*-0[45]-Prostate*", codes=codes)
    assert order.reference == "ServiceRequest/RadiotherapyPlannedCourse-04-Prostate"
    assert {volume.name: (volume.total_dose_gy, volume.fractions, volume.basis) for volume in order.volumes} == {
        "Prostate": (Decimal(83), 44, "planned"),
        "Pelv Ns": (Decimal(45), 25, "planned"),
        "Sem Vs": (Decimal("79.2"), 44, "planned"),
    }
    mixed = next(volume for volume in order.volumes if volume.name == "Prostate")
    assert [(phase.total_dose_gy, phase.fractions) for phase in mixed.phases] == [(45, 25), (38, 19)]
    assert len(order.references) == 10


def test_phase_prescriptions_alone_add_up_to_the_course_prescription(codes: CodeTable):
    (order,) = orders_of("ServiceRequest-RadiotherapyPhasePrescription-10*", codes=codes)
    assert {volume.name: (volume.total_dose_gy, volume.fractions) for volume in order.volumes} == {
        "Left Breast": (Decimal(50), 25),
        "Left Breast Boost": (Decimal(60), 30),
        "Right Breast": (Decimal(50), 25),
    }


@pytest.mark.parametrize("name", sorted({name for name, _ in TYPED}), ids=lambda name: name.rpartition("/")[2])
def test_no_radiotherapy_of_a_file_is_lost_without_a_word(name: str, codes: CodeTable):
    facts = facts_of(name, codes=codes)
    spoken_of = {reference for course in facts.courses for reference in course.references}
    spoken_of |= {problem.reference for problem in facts.problems}
    radiotherapy = {
        f"Procedure/{procedure}"
        for (file, procedure), rows in TYPED.items()
        if file == name and not rows[0]["reason"].startswith("not-radiotherapy")
    }
    assert radiotherapy <= spoken_of
