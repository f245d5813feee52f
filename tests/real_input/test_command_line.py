"""The command line over the public example files."""

from pathlib import Path

import pytest

from cds_service.cli import main

pytestmark = pytest.mark.shared_data


def test_explain_finds_two_overlapping_courses_a_year_apart_in_the_composed_bundle(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "fhir-examples" / "codexrt-stu2-compiled"
    assert main(["explain", str(folder / "Bundle-composed-xrts05-reirradiation.json"), "--on", "2026-11-23"]) == 0
    said = capsys.readouterr().out
    assert said.count("\n  course ") == 2
    assert "25.00 Gy in 5 fractions delivered" in said
    assert "20.00 Gy in 5 fractions delivered" in said
    assert "overlapping: the same anatomical region" in said
    assert "12.1 months from the end of the first to the start of the second" in said


def test_assess_runs_over_every_example_file(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((shared_data / "fhir-examples").rglob("*.json"))
    assert len(files) > 280
    for file in files:
        status = main(["assess", str(file), "--on", "2026-11-23"])
        said = capsys.readouterr()
        assert status == 0 or (status == 1 and said.err.count("\n") == 1), (file.name, said.err)
        assert "Traceback" not in said.err
