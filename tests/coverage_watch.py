"""Watches a test run: an item of the coverage table counts only if the cases behind it ran and passed."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pytest
from conformance.plugin import is_full
from coverage_table import Case, Item, behind, cases, items


def not_shown(table: Iterable[Item], every: Collection[Case], ended: Mapping[str, Collection[str]]) -> list[str]:
    """What keeps items from counting: a case or a test behind them that was skipped, failed or did not run."""
    return [
        f"{item.number} {item.name}: {test} {' and '.join(sorted(ended.get(test, ())) or ['did not run'])}"
        for item in table
        for test in (*(case.node_id for case in behind(item, every)), *item.tests)
        if set(ended.get(test, ())) != {"passed"}
    ]


class CoverageWatch:
    """Keeps how each test ended; those of cases one by one."""

    def __init__(self) -> None:
        self.ended: dict[str, set[str]] = {}
        self.problems: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes how a test ended."""
        if report.when == "call" or report.outcome != "passed":
            self.ended.setdefault(report.nodeid, set()).add(report.outcome)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fails a full run in which an item does not count."""
        if not is_full(session.config) or session.shouldstop or session.shouldfail:
            return
        self.problems = not_shown(items().values(), cases(), self.ended)
        if self.problems:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Says which items do not count."""
        if self.problems:
            terminalreporter.section("coverage: items called done that this run does not show")
            for problem in self.problems:
                terminalreporter.line(problem)
