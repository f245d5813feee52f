"""/metrics: what is counted, where it is served, and that nothing of a call becomes a label."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from client_tokens import ec_key, key_set, public
from prometheus_client.parser import text_string_to_metric_families

from cds_service import metrics
from cds_service.callbacks.completed import Completed, as_sent
from cds_service.callbacks.reasons import Reason
from cds_service.deadline import Deadline
from cds_service.demo import stories
from cds_service.metrics_callbacks import counted
from cds_service.metrics_series import CALLBACK_OUTCOMES, STORE_FAILURES
from cds_service.protocol import read_request

Series = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]
PATIENT_VIEW = "oncology-patient-view"


def series(running: Any, **options: Any) -> Series:
    """All series as Prometheus reads them."""
    answer = running.client.get("/metrics", **options)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def grown(before: Series, after: Series) -> dict[str, float]:
    """What has grown, as `name{label values}`; times are not compared."""
    return {
        f"{name}{{{','.join(value for _, value in labels)}}}": after[name, labels] - before[name, labels]
        for name, labels in after
        if after[name, labels] != before[name, labels] and not name.endswith(("_sum", "_bucket"))
    }


def test_calls_are_counted_by_service_and_status_class(service: Any, make_body: Callable[..., Any]) -> None:
    before = series(service)
    service.post()
    service.post(sent=make_body(prefetch={}))
    service.post(sent=b"{")
    service.post("oncology-order-sign", make_body("order-sign"))
    assert grown(before, series(service)) == {
        f"rert_cds_calls_total{{{PATIENT_VIEW},2xx}}": 1,
        f"rert_cds_calls_total{{{PATIENT_VIEW},4xx}}": 2,
        "rert_cds_calls_total{oncology-order-sign,2xx}": 1,
        f"rert_cds_call_duration_seconds_count{{{PATIENT_VIEW}}}": 3,
        "rert_cds_call_duration_seconds_count{oncology-order-sign}": 1,
    }


def test_what_is_no_call_of_a_service_is_not_counted(service: Any) -> None:
    before = series(service)
    service.post("no-such-service")
    service.client.get("/cds-services")
    service.client.get(f"/cds-services/{PATIENT_VIEW}")
    service.client.options(f"/cds-services/{PATIENT_VIEW}")
    service.client.get("/health/live")
    assert grown(before, series(service)) == {}


def test_a_failure_of_ours_is_counted_as_5xx(start: Any) -> None:
    hurried = start(DEADLINE_MS="1")
    before = series(hurried)
    condition = {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": {"text": "x" * 100}}
    entries = [{"resource": {**condition, "id": f"c{number}"}} for number in range(20000)]
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
    sent = {"hook": "patient-view", "hookInstance": "i", "context": {"userId": "Practitioner/u", "patientId": "p1"},
            "prefetch": {"conditions": bundle, "procedures": bundle,
                         "patient": {"resourceType": "Patient", "id": "p1"}}}  # fmt: skip
    assert hurried.post(sent=sent).status_code == 503
    assert grown(before, series(hurried))[f"rert_cds_calls_total{{{PATIENT_VIEW},5xx}}"] == 1


@pytest.mark.parametrize("mode", ["live", "silent"])
def test_cards_are_counted_by_topic_and_indicator_and_apart_in_silent_mode(start: Any, mode: str) -> None:
    from datetime import UTC, datetime

    story = next(s for s in stories(datetime.now(UTC).date()) if s.id == "demo-spine-exceeds")
    running = start(MODE=mode)
    shown = start().post("oncology-order-sign", story.request("oncology-order-sign")).json["cards"]
    before = series(running)
    running.post("oncology-order-sign", story.request("oncology-order-sign"))
    counted = {name: value for name, value in grown(before, series(running)).items() if "_cards_" in name}
    assert sum(counted.values()) == len(shown) > 0
    assert counted[f"rert_cds_cards_total{{critical,{mode},reirradiation}}"] == 1


def test_other_parts_count_what_they_do(service: Any) -> None:
    before = series(service)
    metrics.count_callback("answered")
    metrics.count_callback("Patient/p1")
    metrics.count_store_failure("feedback")
    metrics.count_store_failure("/var/lib/name of a patient")
    assert grown(before, series(service)) == {
        "rert_cds_callbacks_total{answered}": 1,
        "rert_cds_callbacks_total{other}": 1,
        "rert_cds_store_failures_total{feedback}": 1,
        "rert_cds_store_failures_total{other}": 1,
    }


def test_what_became_of_keys_that_were_fetched_is_counted(service: Any, make_body: Callable[..., Any]) -> None:
    cds_request = read_request(json.dumps(make_body()).encode(), "patient-view")
    fetched = {**cds_request.prefetch, "volumes": b"{}", "reports": b"{}"}
    found = Completed(fetched, {}, {"reports": Reason.PAGES, "medications": Reason.TOO_MUCH})
    before = series(service)
    assert counted(lambda *_: found)(cds_request, Deadline(1000)) is found
    assert grown(before, series(service)) == {
        "rert_cds_callbacks_total{answered}": 1,
        "rert_cds_callbacks_total{pages}": 1,
        "rert_cds_callbacks_total{too-much}": 1,
    }
    before = series(service)
    counted(as_sent)(cds_request, Deadline(1000))
    assert grown(before, series(service)) == {}


def test_durations_are_a_histogram_that_adds_up(service: Any) -> None:
    before = series(service)
    for seconds in (0.0009, 0.001, 0.0011, 4.9, 6.0):
        metrics.count_call("oncology-order-select", 200, seconds)
    after = series(service)
    buckets = {
        dict(labels)["le"]: after[name, labels] - before[name, labels]
        for name, labels in after
        if name.endswith("_bucket") and ("service", "oncology-order-select") in labels
    }
    assert (buckets["0.001"], buckets["0.0025"], buckets["2.0"], buckets["5.0"], buckets["+Inf"]) == (2, 3, 3, 4, 5)
    key = ("rert_cds_call_duration_seconds_sum", (("service", "oncology-order-select"),))
    assert after[key] - before[key] == pytest.approx(10.903)


def test_every_series_is_there_before_anything_happens_and_none_is_added(service: Any) -> None:
    before = series(service)
    for path in ("/cds-services/canary", "/canary", "/cds-services/oncology-patient-view/canary"):
        service.client.post(path, data=b"canary", headers={"Origin": "https://canary", "User-Agent": "canary"})
    service.post(sent=b'{"hook":"canary","hookInstance":"canary"}')
    after = series(service)
    assert after.keys() == before.keys()
    assert {("rert_cds_callbacks_total", (("outcome", outcome),)) for outcome in CALLBACK_OUTCOMES} <= after.keys()
    assert {("rert_cds_store_failures_total", (("kind", kind),)) for kind in STORE_FAILURES} <= after.keys()
    assert "canary" not in service.client.get("/metrics").text


def test_the_version_of_the_knowledge_is_told(service: Any) -> None:
    version = service.client.get("/health/ready").json["knowledgeVersion"]
    assert series(service)["rert_cds_knowledge_info", (("version", version),)] == 1


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "keys.json").write_bytes(key_set(public(ec_key())))
    (tmp_path / "clients.toml").write_text(
        '[[client]]\nname = "hospital"\nissuer = "https://ehr.example.org"\njwks_file = "keys.json"\n'
    )
    return {
        "ENVIRONMENT": "production", "PATIENT_KEY": "0123456789abcdef", "CLIENTS_FILE": str(tmp_path / "clients.toml"),
        "PUBLIC_BASE_URL": "https://cds.example.org", "DATABASE_URL": f"sqlite:///{tmp_path / 's.sqlite3'}",
    }  # fmt: skip


def at_port(port: str) -> dict[str, Any]:
    return {"environ_overrides": {"SERVER_PORT": port}}


def test_in_production_metrics_are_served_at_their_port_only(start: Any, production: dict[str, str]) -> None:
    running = start(**production, METRICS_PORT="9100")
    assert running.client.get("/metrics", **at_port("8000")).status_code == 404
    assert running.client.get("/metrics", headers={"Host": "cds.example.org:9100"}).status_code == 404
    assert running.client.get("/metrics", headers={"X-Forwarded-Port": "9100"}).status_code == 404
    assert re.search(r"^rert_cds_calls_total", running.client.get("/metrics", **at_port("9100")).text, re.MULTILINE)


@pytest.mark.parametrize("path", ["/cds-services", "/health/live", "/", "/nothing", f"/cds-services/{PATIENT_VIEW}"])
def test_the_port_of_metrics_serves_nothing_else(start: Any, production: dict[str, str], path: str) -> None:
    running = start(**production, METRICS_PORT="9100")
    for method in ("GET", "POST"):
        answer = running.client.open(path, method=method, **at_port("9100"))
        assert (answer.status_code, answer.json["resourceType"]) == (404, "OperationOutcome")


def test_in_production_without_that_port_there_are_no_metrics(start: Any, production: dict[str, str]) -> None:
    assert start(**production).client.get("/metrics").status_code == 404


def test_in_development_metrics_are_served_at_both_ports(start: Any) -> None:
    running = start(METRICS_PORT="9100")
    assert [running.client.get("/metrics", **at_port(port)).status_code for port in ("8000", "9100")] == [200, 200]
