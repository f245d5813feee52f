"""Answers in pages: all that belong to the answer are fetched, as many as are read and from nowhere else."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from callback_calls import PREFETCH, TYPES, call, cards, clients, missing, plain, without
from fhir_server import Answer, Asked, FhirServer, bundle, outcome


@pytest.mark.conforms("E78")
@pytest.mark.parametrize("key", ["conditions", "procedures"])
@pytest.mark.threat("B08")
def test_the_pages_after_the_one_that_came_along_are_fetched(
    cds: Any, ehr: FhirServer, make_body: Any, key: str
) -> None:
    whole, ehr.page_size = PREFETCH[key], 1
    assert len(whole["entry"]) > 1
    link = {"relation": "next", "url": f"{ehr.address}/{TYPES[key]}?_page=1"}
    first = {**whole, "entry": whole["entry"][:1], "link": [link], "total": len(whole["entry"])}
    assert cards(cds.post(sent=call(make_body, ehr, without(key) | {key: first}))) == plain(cds, make_body)
    assert [asked.parameters.get("_page") for asked in ehr.asked] == [["1"]]


@pytest.mark.conforms("F94", "L173")
@pytest.mark.threat("B12")
def test_all_answers_of_a_call_together_are_bounded(
    start: Callable[..., Any], ehr: FhirServer, make_body: Any, tmp_path: Path
) -> None:
    small = start(CLIENTS_FILE=clients(tmp_path, ehr.address), MAX_BODY_BYTES="8000")
    assert cards(small.post(sent=call(make_body, ehr)))
    ehr.chart["procedures"] = {**PREFETCH["procedures"], "meta": {"tag": [{"display": "x" * 8000}]}}
    assert "larger than is read" in missing(small.post(sent=call(make_body, ehr)))


@pytest.mark.conforms("F94", "L173")
@pytest.mark.threat("B08")
def test_more_entries_than_are_read_are_left_and_said(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    many = bundle([{"resourceType": "Procedure", "id": str(number)} for number in range(1300)])
    link = {"relation": "next", "url": ""}

    def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        if asked.kind != "Procedure":
            return None
        link["url"] = f"{ehr.address}/Procedure?_page={len(ehr.asked)}"
        return 200, {**many, "link": [link]}, {}

    ehr.rule = rule
    assert "larger than is read" in missing(cds.post(sent=call(make_body, ehr)))
    assert len([asked for asked in ehr.asked if asked.kind == "Procedure"]) == 4


def test_an_error_among_the_pages_makes_us_ask_anew(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    whole = PREFETCH["procedures"]
    link = {"relation": "next", "url": f"{ehr.address}/Procedure?_page=9"}
    first = {**whole, "entry": [*whole["entry"], {"resource": outcome("x")}], "link": [link]}
    assert cards(cds.post(sent=call(make_body, ehr, without("procedures") | {"procedures": first}))) == plain(
        cds, make_body
    )
    assert [asked.parameters for asked in ehr.asked] == [{"_page": ["9"]}, {"patient": ["p1"]}]


@pytest.mark.conforms("F93")
@pytest.mark.threat("B08")
def test_a_next_link_that_leads_elsewhere_is_not_followed(cds: Any, ehr: FhirServer, make_body: Any) -> None:
    with FhirServer(PREFETCH).running() as evil:
        for link in (
            f"{evil.address}/Procedure?_page=1", f"http://127.0.0.1:{ehr.port}/admin", "", "//evil.example/fhir",
            f"http://user@127.0.0.1:{ehr.port}/fhir/x", f"{ehr.address}/../admin", f"{ehr.address}/Procedure#x",
        ):  # fmt: skip
            linked = {**PREFETCH["procedures"], "link": [{"relation": "next", "url": link}]}
            ehr.rule = lambda asked, _, linked=linked: (200, linked, {}) if asked.kind == "Procedure" else None
            assert "not all pages could be fetched" in missing(cds.post(sent=call(make_body, ehr)))
        assert evil.connections == 0
        assert not [asked for asked in ehr.asked if "admin" in asked.path]


@pytest.mark.conforms("F94", "L173")
@pytest.mark.parametrize("shape", ["itself", "a circle", "without end"])
@pytest.mark.threat("B08")
def test_pages_that_do_not_end_are_left(cds: Any, ehr: FhirServer, make_body: Any, shape: str) -> None:
    def rule(asked: Asked, _: BaseHTTPRequestHandler) -> Answer | None:
        if asked.kind != "Procedure":
            return None
        page = int(asked.parameters.get("_page", ["0"])[0])
        following = {"itself": 1, "a circle": 1 - page, "without end": page + 1}[shape]
        link = {"relation": "next", "url": f"{ehr.address}/Procedure?_page={following}"}
        return 200, {**PREFETCH["procedures"], "link": [link]}, {}

    ehr.rule = rule
    assert "not all pages could be fetched" in missing(cds.post(sent=call(make_body, ehr)))
    pages = [asked for asked in ehr.asked if asked.kind == "Procedure"]
    assert len(pages) == (20 if shape == "without end" else {"itself": 2, "a circle": 3}[shape])
