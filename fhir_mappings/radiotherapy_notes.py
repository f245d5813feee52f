"""Collects what a record leaves open, while it is read."""

from collections.abc import Mapping

from clinical_rules.facts import DataProblem


class Notes:
    """The problems of one record; details name elements, never their content."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self._problems: list[DataProblem] = []

    def add(
        self,
        problem: str,
        detail: str,
        read: Mapping[str, str | int | float | bool] | None = None,
        *,
        matters: bool = True,
    ) -> None:
        """Notes a problem of the record."""
        self._problems.append(DataProblem(problem, self.reference, detail, read or {}, matters=matters))

    def unreadable(self, element: str, expected: str) -> None:
        """Notes an element that does not have the shape it should have."""
        self.add("unreadable", f"{element} is not {expected}", {"element": element})

    def keep(self, problem: DataProblem | None) -> None:
        """Keeps a problem found elsewhere, under this record's reference."""
        if problem is not None:
            self.add(problem.problem, problem.detail, problem.read)

    @property
    def problems(self) -> tuple[DataProblem, ...]:
        """What was noted, each once."""
        kept: list[DataProblem] = []
        for problem in self._problems:
            if problem not in kept:
                kept.append(problem)
        return tuple(kept)
