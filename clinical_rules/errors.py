"""Errors of the rules.

ClinicalRulesError
├── DoseError            a dose, fraction number or alpha/beta that no formula takes
└── KnowledgeError       a knowledge file that cannot be used; all of them are listed at once
"""


class ClinicalRulesError(Exception):
    """Base of all errors of this package."""


class DoseError(ClinicalRulesError, ValueError):
    """A dose, a number of fractions or an alpha/beta that no formula takes."""


class KnowledgeError(ClinicalRulesError):
    """Knowledge that cannot be used; `problems` lists each with file, place, what is wrong and what is right."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
