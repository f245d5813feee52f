"""rert-cds backtest: an export patient by patient, counted, and nobody named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cds_service.cli import main

EXAMPLES = Path(__file__).parents[1] / "examples"
RECURRENT, QUIET = "rectum-local-recurrence-in-the-irradiated-pelvis", "quiet-rectal-survivor-with-repeated-entries"
ON = "2026-11-20"


def resources(example: str, patient: str) -> list[dict[str, Any]]:
    """The records of an example, of another patient."""
    raw = (EXAMPLES / example / "request.json").read_text("utf-8").replace("Patient/p1", f"Patient/{patient}")
    prefetch = json.loads(raw.replace('"id": "p1"', f'"id": "{patient}"'))["prefetch"]
    bundles = [value for value in prefetch.values() if value and value["resourceType"] == "Bundle"]
    entries = [entry["resource"] for bundle in bundles for entry in bundle.get("entry", ())]
    unique = {(entry["resourceType"], entry["id"]): entry for entry in [prefetch["patient"], *entries]}
    return list(unique.values())


def write(folder: Path, found: list[dict[str, Any]]) -> Path:
    """A file for each type."""
    folder.mkdir(exist_ok=True)
    for kind in {resource["resourceType"] for resource in found}:
        lines = [json.dumps(resource) for resource in found if resource["resourceType"] == kind]
        (folder / f"{kind}.ndjson").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture
def patients() -> list[dict[str, Any]]:
    return [*resources(RECURRENT, "jane"), *resources(QUIET, "john"), *resources(RECURRENT, "judy")]


@pytest.fixture
def report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    def run(folder: Path) -> dict[str, Any]:
        out = tmp_path / "report.json"
        assert main(["backtest", str(folder), "--out", str(out), "--on", ON]) == 0
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
        assert capsys.readouterr().out == f"{found['patients']} patients, {found['cards']} cards: {out}\n"
        return found

    return run


def test_each_patient_is_judged_alone_and_counted(
    tmp_path: Path, patients: list[dict[str, Any]], report: Callable[..., dict[str, Any]]
) -> None:
    found = report(write(tmp_path / "export", patients))
    assert (found["patients"], found["patientsWithCards"]) == (3, 2)
    assert found["patientsByRule"]["recurrence.pattern"] == 2
    assert found["cardsPer100Patients"] == round(found["cards"] * 100 / 3, 1)
    assert sum(found["indicators"].values()) == sum(found["topics"].values()) == found["cards"]
    assert (found["notJudged"], found["unreadableLines"], found["hook"], found["on"]) == ({}, {}, "patient-view", ON)


def test_the_cards_are_those_that_the_file_of_one_patient_gives(
    tmp_path: Path, patients: list[dict[str, Any]], report: Callable[..., dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    found = report(write(tmp_path / "export", patients))
    assert main(["assess", str(EXAMPLES / RECURRENT / "request.json"), "--on", ON, "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)["cards"]
    expected = [{"topic": card["source"]["topic"]["code"], "indicator": card["indicator"]} for card in cards]
    assert [patient["cards"] for patient in found["withCards"]] == [expected] * 2


def test_the_order_of_files_and_lines_changes_nothing_but_the_hashes(
    tmp_path: Path, patients: list[dict[str, Any]], report: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first, again = (report(write(tmp_path / "a", found)) for found in (patients, patients))
    assert [patient.pop("patient") for patient in first["withCards"]] != [
        patient.pop("patient") for patient in again["withCards"]
    ]
    assert first == again
    monkeypatch.setenv("RERT_CDS_PATIENT_KEY", "0123456789abcdef")
    folder = tmp_path / "b" / "part"
    folder.mkdir(parents=True)
    (folder / "all.ndjson").write_text("\n\n".join(json.dumps(each) for each in reversed(patients)), "utf-8")
    assert report(tmp_path / "b") == report(write(tmp_path / "a", patients))


@pytest.mark.parametrize("name", ["report.json", "report.txt"])
def test_nobody_is_named(tmp_path: Path, patients: list[dict[str, Any]], name: str) -> None:
    folder = write(tmp_path / "export", patients)
    assert main(["backtest", str(folder), "--out", str(tmp_path / name), "--on", ON]) == 0
    written = (tmp_path / name).read_text("utf-8")
    assert "recurrence.pattern" in written
    assert not any(who in written for who in ("jane", "john", "judy", "Patient/"))


def test_what_cannot_be_used_is_counted_by_file_and_type(
    tmp_path: Path, patients: list[dict[str, Any]], report: Callable[..., dict[str, Any]]
) -> None:
    folder = write(tmp_path / "export", patients)
    odd = [
        b"{", b'{"resourceType": "Condition", "resourceType": "Condition"}', b"[]", b"\xff", b'{"a": 1}', b"",
        b'{"resourceType": "Claim"}', b'{"resourceType": "Condition", "id": "c"}',
    ]  # fmt: skip
    (folder / "odd.ndjson").write_bytes(b"\n".join(odd))
    found = report(folder)
    assert found["unreadableLines"] == {"odd.ndjson": 5}
    assert (found["resourcesSkipped"], found["resourcesWithoutPatient"]) == ({"Claim": 1}, {"Condition": 1})
    assert (found["patients"], found["patientsWithCards"]) == (3, 2)


def test_a_folder_without_an_export_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder, out in ((tmp_path, "r.json"), (tmp_path / "none", "r.json"), (tmp_path, "none/r.json")):
        assert main(["backtest", str(folder), "--out", str(tmp_path / out)]) == 1
        assert capsys.readouterr().err.count("\n") == 1
