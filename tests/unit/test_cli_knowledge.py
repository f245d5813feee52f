"""rert-cds knowledge: list, show, check."""

from pathlib import Path

import pytest

from cds_service.cli import main


def test_list_names_limits_with_values_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "list"]) == 0
    said = capsys.readouterr().out
    assert "reirradiation.spinal-cord.cumulative-eqd2" in said
    assert "Sahgal et al. 2021, HyTEC" in said


def test_show_prints_one_entry_with_where_its_number_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "show", "interval.bands-months"]) == 0
    assert "interval.bands-months (parameter)" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["show"], ["show", "interval.band"], ["check", "/no/such/folder"]])
def test_what_is_not_there_is_refused_in_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(["knowledge", *arguments]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_check_accepts_ours_and_names_problems_of_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["knowledge", "check"]) == 0
    assert "no problems" in capsys.readouterr().out
    (tmp_path / "reirradiation").mkdir()
    (tmp_path / "reirradiation" / "broken.toml").write_text('id = "x"\ntype = "dose-limit"\n')
    assert main(["knowledge", "check", str(tmp_path)]) == 1
    assert "broken.toml" in capsys.readouterr().err
