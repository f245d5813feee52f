"""rert-cds dose: the numbers, the limit with its conditions, and what is refused."""

import json

import pytest

from cds_service.cli import main


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert main(["dose", *arguments]) == status
    captured = capsys.readouterr()
    assert not (captured.err if status == 0 else captured.out)
    return captured.out or captured.err


def machine(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(told(capsys, *arguments, "--json"))
    return found


def test_each_course_and_the_sum_are_given_at_one_alpha_beta(capsys: pytest.CaptureFixture[str]) -> None:
    found = machine(capsys, "50/25", "14/3@2026-01-10", "--alpha-beta", "2")
    assert found["courses"] == [
        {"totalDoseGy": 50.0, "fractions": 25, "bedGy": 100.0, "eqd2Gy": 50.0},
        {"totalDoseGy": 14.0, "fractions": 3, "bedGy": pytest.approx(46.6666667), "eqd2Gy": pytest.approx(23.3333333)},
    ]
    assert (found["bedGy"], found["eqd2Gy"]) == (pytest.approx(146.6666667), pytest.approx(73.3333333))


def test_text_says_that_it_is_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "50/25", "--alpha-beta", "3")
    assert said.splitlines()[2].split() == ["1", "50", "25", "2.00", "-", "-", "83.33", "50.00"]
    assert "Arithmetic, not advice" in said


def test_above_eight_gray_a_fraction_the_model_is_said_to_be_less_supported(capsys: pytest.CaptureFixture[str]) -> None:
    assert "outside the model's best-supported range" in told(capsys, "54/3", "--alpha-beta", "3")
    assert "outside" not in told(capsys, "24/3", "--alpha-beta", "3")


def test_what_is_left_is_capped_by_every_condition(capsys: pytest.CaptureFixture[str]) -> None:
    def left(*arguments: str) -> object:
        [limit] = machine(capsys, *arguments, "--structure", "SpinalCord", "--on", "2026-11-20")["limits"]  # type: ignore[misc]  # read from JSON
        return limit["remainingEqd2Gy"]

    assert left("50/25@2020-01-01", "14/3") == 20.0
    assert left("40/20@2020-01-01", "14/3") == 25.0  # the new part at most 25
    assert left("20/10@2020-01-01", "14/3") == 20.0  # its share at most half
    assert left("40/20@2026-08-01", "14/3") == 0.0  # under five months
    assert left("50/25@2020-01-01", "40/20") == 0.0  # an earlier course above 49 Gy
    assert left("45/25@2020-01-01", "40/20") == pytest.approx(67.5 - 45 * 3.8 / 4)


def test_from_twelve_months_on_the_other_limit_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    def limit(end: str) -> object:
        arguments = (f"50/25{end}", "45/25", "--structure", "Bladder", "--on", "2026-11-20")
        [found] = machine(capsys, *arguments)["limits"]  # type: ignore[misc]  # read from JSON
        return found["limitGy"]

    assert [limit(end) for end in ("", "@2025-11-21", "@2025-11-20")] == [80.0, 80.0, 110.0]


def test_the_source_of_the_limit_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "50/25", "14/3", "--structure", "SpinalCord")
    assert "Sahgal et al. 2021, HyTEC" in said
    assert "sum 73.33 Gy: above the value compared" in said
    assert "interval at least 5 months: not known" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("abc", "--alpha-beta", "2"), "abc: expected TOTAL/FRACTIONS[@END]"),
        (("0/5", "--alpha-beta", "2"), "0/5: expected"),
        (("50/0", "--alpha-beta", "2"), "50/0: expected"),
        (("-50/25", "--alpha-beta", "2"), "-50/25: expected a total dose above 0 Gy"),
        (("50/-25", "--alpha-beta", "2"), "expected a whole number of fractions above 0"),
        (("50/2.5", "--alpha-beta", "2"), "expected a whole number of fractions above 0"),
        (("50,4/28", "--alpha-beta", "2"), "expected TOTAL"),
        (("50/25@2024-02-30", "--alpha-beta", "2"), "expected the end as a date"),
        (("50/25@20240202", "--alpha-beta", "2"), "expected the end as a date"),
        (("50/25@", "--alpha-beta", "2"), "expected the end as a date"),
        (("50/25@2999-01-01", "--alpha-beta", "2"), "50/25@2999-01-01: ends after"),
        (("50/25@2026-01-02", "--alpha-beta", "2", "--on", "2026-01-01"), "ends after 2026-01-01"),
        (("14/3@2026-01-10", "50/25@2020-01-01", "--alpha-beta", "2"), "50/25@2020-01-01: ends before 14/3@2026-01-10"),
        (("50/25@2020-01-02", "1/1", "50/25@2020-01-01", "--alpha-beta", "2"), "ends before 50/25@2020-01-02"),
        (("50/25",), "--alpha-beta is missing"),
        (("50/25", "--alpha-beta", "0"), "expected a number of Gy above 0"),
        (("50/25", "--alpha-beta", "-2"), "expected a number of Gy above 0"),
        (("50/25", "--alpha-beta", "1e999999999"), "expected a number of Gy above 0"),
        (("50/25", "--alpha-beta", "NaN"), "expected a number of Gy above 0"),
        (("50/25", "--alpha-beta", "2", "--structure", "Nose"), "expected one of A_Carotid"),
        (("50/25", "--alpha-beta", "3", "--structure", "SpinalCord"), "stated for 2 Gy only"),
        (("20/1", "20/1", "--structure", "Brain"), "no limit is stated for such courses"),
        (("50/25", "--alpha-beta", "2", "--recovery", "linear"), "expected one of none, michigan-2019"),
        (("50/25", "--alpha-beta", "2", "--recovery", "michigan-2019"), "expected --structure, one of A_Aorta"),
        (
            ("50/25", "--structure", "Brainstem", "--recovery", "nieder-bands"),
            "says nothing of it; expected one of Spi",
        ),
        (("50/25", "--structure", "Kidney_L", "--recovery", "michigan-2019"), "a rule on spared volume"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    refusal = told(capsys, *arguments, status=1)
    assert said in refusal
    assert refusal.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["dose"], ["dose", "50/25", "--on", "tomorrow"], ["nothing"], ["assess"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: rert-cds" in capsys.readouterr().err


def test_a_day_that_is_none_is_answered_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["dose", "50/25", "--on", "tomorrow"])
    assert "--on: expected a date, for example 2026-01-10" in capsys.readouterr().err
