"""rert-cds assess and explain: requests, Bundles and single resources, and what is refused."""

import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cds_service.cli import main
from cds_service.demo import stories

EXAMPLES = Path(__file__).parents[1] / "examples"
STORY = stories(datetime.now(UTC).date())[0]
Write = Callable[[object], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(value: object) -> str:
        file = tmp_path / "input.json"
        file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return str(file)

    return written


def request(service_id: str = "oncology-order-sign") -> dict[str, Any]:
    found: dict[str, Any] = STORY.request(service_id)
    return found


def bundle(sent: dict[str, Any], *, kind: str = "collection", reverse: bool = False) -> dict[str, Any]:
    """All resources of a call in one Bundle, draft orders too."""
    entries = [
        entry
        for value in (*sent["prefetch"].values(), sent["context"].get("draftOrders", {}))
        for entry in ([{"resource": value}] if value.get("resourceType") != "Bundle" else value.get("entry", []))
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries[::-1] if reverse else entries}


def cards(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["assess", *arguments, "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["cards"]
    return found


def findings(of_cards: list[dict[str, Any]]) -> list[Any]:
    return [finding for card in of_cards for finding in card["extension"]["org.rert-cds.findings"]]


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_a_request_gets_the_cards_that_the_service_would_send(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    found = cards(capsys, write(request()))
    assert found
    assert {finding["rule"] for finding in findings(found)} >= {"reirradiation.overlap", "reirradiation.interval"}


@pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "document"])
def test_a_bundle_gets_the_advice_of_the_request_whatever_its_kind_and_order(
    capsys: pytest.CaptureFixture[str], write: Write, kind: str
) -> None:
    expected = findings(cards(capsys, write(request())))
    for reverse in (False, True):
        told = cards(capsys, write(bundle(request(), kind=kind, reverse=reverse)), "--hook", "order-sign")
        assert findings(told) == expected


def test_a_bundle_of_bundles_is_read(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    nested = {"resourceType": "Bundle", "type": "batch-response", "entry": [{"resource": bundle(request())}]}
    assert cards(capsys, write(nested))


def test_standard_input_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    raw = json.dumps(request()).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert cards(capsys, "-")


def test_references_by_urn_are_read_as_the_patient(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    sent = bundle(request())
    text = json.dumps(sent).replace('"Patient/demo-rectum"', '"urn:uuid:0f3f6a62-3a09-4b3b-8ac1-fd3f1c3a1f11"')
    changed = json.loads(text)
    for entry in changed["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry["fullUrl"] = "urn:uuid:0f3f6a62-3a09-4b3b-8ac1-fd3f1c3a1f11"
    assert findings(cards(capsys, write(changed), "--hook", "order-sign")) == findings(cards(capsys, write(request())))


def test_of_several_patients_the_one_most_records_are_of_is_asked_about_and_the_rest_reported(
    capsys: pytest.CaptureFixture[str], write: Write
) -> None:
    sent = bundle(request())
    [course] = [e["resource"] for e in sent["entry"] if e["resource"]["resourceType"] == "Procedure"][:1]
    foreign = {**course, "id": "foreign", "subject": {"reference": "Patient/aaa"}}
    sent["entry"] += [{"resource": foreign}, {"resource": {"resourceType": "Patient", "id": "aaa"}}]
    told = findings(cards(capsys, write(sent), "--hook", "order-sign"))
    assert "data.foreign-patient" in {finding["rule"] for finding in told}
    assert "Procedure/foreign" not in json.dumps([f for f in told if f["rule"] != "data.foreign-patient"])


def test_a_single_resource_is_judged_with_what_it_says(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    condition = request()["prefetch"]["conditions"]["entry"][0]["resource"]
    assert main(["assess", write(condition)]) == 0
    assert capsys.readouterr().out


def test_the_day_can_be_fixed(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    def months(*arguments: str) -> object:
        told = findings(cards(capsys, write(request()), *arguments))
        return next(finding for finding in told if finding["rule"] == "reirradiation.interval")["values"]["months"]

    later = date.today().replace(year=date.today().year + 2)  # noqa: DTZ011 -- any later day will do
    assert months("--on", later.isoformat()) > months()  # type: ignore[operator]  # both are numbers


def test_no_cards_is_said_not_to_reassure(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    assert main(["assess", write({"resourceType": "Patient", "id": "p1"})]) == 0
    assert "no statement that nothing was given before" in capsys.readouterr().out


def test_explain_shows_facts_overlap_findings_sources_and_cards(
    capsys: pytest.CaptureFixture[str], write: Write
) -> None:
    assert main(["explain", write(request())]) == 0
    said = capsys.readouterr().out
    for part in (
        "FACTS", "FINDINGS", "CARDS", "course Procedure/rt-rectum", "50.40 Gy in 28 fractions delivered",
        "Procedure/rt-rectum and ServiceRequest/order-rectum: overlapping: the same anatomical region",
        "reirradiation.overlap: present", "evidence: Procedure/rt-rectum", "source: ",
    ):  # fmt: skip
        assert part in said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "not JSON"), ("[]", "expected a JSON object"), ("{}", "with resourceType"),
        ('{"a":1,"a":2}', "occurs twice"),
        ('{"resourceType":"Bundle"}', "holds no resource"), ('{"hook":"patient-view"}', "context.patientId is missing"),
        ('{"hook":"encounter-start"}', "hook must be one of"),
        ({**request("oncology-patient-view"), "prefetch": {}}, "Prefetch patient is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], write: Write, value: object, said: str
) -> None:
    for command in ("assess", "explain"):
        assert said in refusal(capsys, command, write(value))


def test_a_file_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "No such file" in refusal(capsys, "assess", "/no/such/file.json")


def test_a_request_for_another_hook_than_asked_for_is_refused(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    assert "another hook" in refusal(capsys, "assess", write(request()), "--hook", "patient-view")


def test_a_wrong_setting_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setenv("RERT_CDS_TIME_ZONE", "Mars")
    assert "RERT_CDS_TIME_ZONE" in refusal(capsys, "assess", write(request()))


def test_a_recovery_scheme_that_the_knowledge_does_not_have_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setenv("RERT_CDS_RECOVERY_SCHEME", "linear")
    said = refusal(capsys, "assess", write(request()))
    assert "RERT_CDS_RECOVERY_SCHEME is no scheme of the knowledge; expected none, michigan-2019, " in said
    assert "linear" not in said


def test_under_a_recovery_scheme_both_sums_are_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    example = str(EXAMPLES / "order-spine-above-the-cord-value" / "request.json")
    monkeypatch.setenv("RERT_CDS_RECOVERY_SCHEME", "michigan-2019")
    assert main(["assess", example, "--on", "2026-11-20", "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)["cards"]
    findings = {one["rule"]: one for card in cards for one in card["extension"]["org.rert-cds.findings"]}
    raw = findings["reirradiation.spinal-cord.cumulative-eqd2"]["values"]
    scheme = findings["reirradiation.spinal-cord.cumulative-eqd2.michigan-2019"]["values"]
    assert (raw["alphaBetaGy"], raw["limitGy"], raw["recoveryScheme"]) == (2, 70, "none")
    assert (scheme["alphaBetaGy"], scheme["limitGy"], scheme["recoveryScheme"]) == (2.5, 50, "michigan-2019")
    assert raw["cumulativeEqd2Gy"] == 73.33
    assert scheme["undiscountedEqd2Gy"] > scheme["cumulativeEqd2Gy"]
