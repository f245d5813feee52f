"""Whole calls: each folder of `examples` holds a request, its story and the exact answer.

`pytest --update-examples` writes the answers anew; the difference is read like code before it is kept.
"""

import json
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cds_service.deadline import Deadline
from cds_service.judge import judge_call
from cds_service.parts import Parts, make_parts
from cds_service.protocol import read_request
from cds_service.services import BY_ID
from cds_service.settings import Settings
from cds_service.wire import to_json

EXAMPLES = Path(__file__).parent / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/request.json"))
MEMBERS = {"service", "on", "story"}
MILLISECONDS = 60_000


@pytest.fixture(scope="module")
def parts() -> Parts:
    return make_parts(Settings.from_environ({}))


def answer(folder: Path, parts: Parts) -> Any:
    """The answer to the request of a folder on its day, without what is new in every response."""
    told = tomllib.loads((folder / "example.toml").read_text(encoding="utf-8"))
    assert set(told) == MEMBERS, f"{folder.name}: example.toml has {', '.join(sorted(MEMBERS))} and nothing else"
    assert isinstance(told["on"], date), f"{folder.name}: on is a date"
    assert told["story"].endswith("."), f"{folder.name}: the story is a sentence"
    service = BY_ID[told["service"]]
    cds_request = read_request((folder / "request.json").read_bytes(), service.hook)
    judged = judge_call(cds_request, service, parts, on=told["on"], deadline=Deadline(MILLISECONDS))
    return _without_uuids(json.loads(to_json(judged.response.to_wire())))


def _without_uuids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_uuids(member) for name, member in value.items() if name != "uuid"}
    return [_without_uuids(member) for member in value] if isinstance(value, list) else value


def _texts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict | list):
        yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts(member)
    else:
        yield value


def test_there_are_examples() -> None:
    assert FOLDERS


@pytest.mark.conforms("D69", "D70", "D71", "G132")
@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_the_answer_is_the_one_on_file(folder: Path, parts: Parts, request: pytest.FixtureRequest) -> None:
    found, file = answer(folder, parts), folder / "response.json"
    if request.config.getoption("--update-examples"):
        file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8")) == found


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_a_quiet_example_is_quiet_and_the_others_say_something_whole(folder: Path, parts: Parts) -> None:
    cards = answer(folder, parts)["cards"]
    assert bool(cards) is not folder.name.startswith("quiet-")
    assert len(cards) <= parts.settings.cards_at_most(BY_ID[_service(folder)].hook)
    assert all(len(card["summary"]) < 140 for card in cards)
    for card in cards:
        assert not [text for text in _texts(card) if text is None or text in ("", [], {})]


def _service(folder: Path) -> str:
    told = tomllib.loads((folder / "example.toml").read_text(encoding="utf-8"))
    return str(told["service"])
