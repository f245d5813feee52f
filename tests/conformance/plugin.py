"""Watches a test run: a row of the conformance table counts only if the tests behind it ran and passed."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pytest
from conformance_table import MARKER, Item, items

NARROWED_BY = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "collectonly")


def is_full(config: pytest.Config) -> bool:
    """Whether this run is of all tests: nothing was selected and nothing left out."""
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return everything and not any(config.getoption(name, None) for name in NARROWED_BY)


def not_shown(
    table: Iterable[Item], behind: Mapping[str, Collection[str]], ended: Mapping[str, Collection[str]]
) -> list[str]:
    """What keeps rows that are called met from counting: no test, or one that was skipped, failed or did not run."""
    met = [item.id for item in table if item.state == "met"]
    alone = [f"{item}: no test is marked for it" for item in met if not behind.get(item)]
    return alone + [
        f"{item}: {test} {' and '.join(sorted(ended.get(test, ())) or ['did not run'])}"
        for item in met
        for test in sorted(behind.get(item, ()))
        if set(ended.get(test, ())) != {"passed"}
    ]


class ConformanceWatch:
    """Keeps which marked tests there are and how each ended, over all their parameters."""

    def __init__(self) -> None:
        self.table = items()
        self.behind: dict[str, set[str]] = {}
        self.ended: dict[str, set[str]] = {}
        self.problems: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Notes the marked tests; a mark for an item that is not in the table ends the run."""
        for test in items:
            for mark in test.iter_markers(MARKER):
                for name in mark.args:
                    if name not in self.table:
                        raise pytest.UsageError(f"{test.nodeid} is marked for {name}, which items.toml does not have")
                    self.behind.setdefault(name, set()).add(_function(test.nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes how a test ended."""
        if report.when == "call" or report.outcome != "passed":
            self.ended.setdefault(_function(report.nodeid), set()).add(report.outcome)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fails a full run in which a row does not count."""
        if not is_full(session.config) or session.shouldstop or session.shouldfail:
            return
        self.problems = not_shown(self.table.values(), self.behind, self.ended)
        if self.problems:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Says which rows do not count."""
        if self.problems:
            terminalreporter.section("conformance: rows called met that this run does not show")
            for problem in self.problems:
                terminalreporter.line(problem)


def _function(node_id: str) -> str:
    return node_id.partition("[")[0]
