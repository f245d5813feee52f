"""The switches file: a change takes effect, a broken file changes nothing."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.log import make_log
from cds_service.switches import LOOK_AGAIN_SECONDS, SwitchesFile

Written = Callable[[], list[dict[str, object]]]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "switches.toml"
    path.write_text('disabled_rules = ["salvage.*"]')
    return path


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def events(stream: io.StringIO) -> list[str]:
    return [json.loads(line)["event"] for line in stream.getvalue().splitlines()]


def test_without_a_file_nothing_is_switched() -> None:
    assert SwitchesFile(None, make_log(io.StringIO())).current().disabled_rules == ()


def test_a_change_takes_effect_within_five_seconds(file: Path, stream: io.StringIO) -> None:
    clock = Clock()
    switches = SwitchesFile(file, make_log(stream), clock)
    assert switches.current().disabled_rules == ("salvage.*",)
    file.write_text('disabled_rules = ["salvage.*", "workup.*"]')
    assert switches.current().disabled_rules == ("salvage.*",)
    clock.now += LOOK_AGAIN_SECONDS
    assert switches.current().disabled_rules == ("salvage.*", "workup.*")
    assert LOOK_AGAIN_SECONDS < 5
    assert events(stream) == ["switches-in-force", "switches-in-force"]


@pytest.mark.parametrize("text", ["disabled_rules = ", "disabled_rules = 1", "unknown = []"])
def test_a_broken_file_keeps_what_was_in_force_and_is_logged_once(file: Path, stream: io.StringIO, text: str) -> None:
    clock = Clock()
    switches = SwitchesFile(file, make_log(stream), clock)
    switches.current()
    file.write_text(text)
    for _ in range(3):
        clock.now += LOOK_AGAIN_SECONDS
        assert switches.current().disabled_rules == ("salvage.*",)
    assert events(stream) == ["switches-in-force", "switches-refused"]


def test_a_file_that_is_gone_keeps_what_was_in_force(file: Path, stream: io.StringIO) -> None:
    clock = Clock()
    switches = SwitchesFile(file, make_log(stream), clock)
    switches.current()
    file.unlink()
    for _ in range(3):
        clock.now += LOOK_AGAIN_SECONDS
        assert switches.current().disabled_rules == ("salvage.*",)
    assert events(stream) == ["switches-in-force", "switches-refused"]
