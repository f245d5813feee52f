"""The documentation says what the code does."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from make_docs import DOCS, pages

from cds_service.services import SERVICES

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_generated_page_is_as_make_docs_writes_it(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == pages()[name], "run make docs"


def test_every_service_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [service.id for service in SERVICES if f"`{service.id}`" not in readme] == []


def test_every_rule_that_a_case_expects_is_documented() -> None:
    text = (DOCS / "rules.md").read_text("utf-8")
    patterns = [
        re.sub(r"<[a-z]+>", "[a-z0-9-]+", rule) for rule in re.findall(r"^\| `([a-z][^`]*)`", text, re.MULTILINE)
    ]
    known = re.compile("|".join(f"(?:{pattern.replace('.', chr(92) + '.')})" for pattern in patterns))
    assert sorted(rule for rule in set(_expected_rules()) if not known.fullmatch(rule)) == []


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    broken = [target for target in LINK.findall(page.read_text("utf-8")) if not (page.parent / target).exists()]
    assert broken == []


def _expected_rules() -> Iterator[str]:
    for path in (ROOT / "tests" / "cases").rglob("*.toml"):
        content = tomllib.loads(path.read_text("utf-8"))
        for case in content.get("case", [content]):
            yield from (expected["rule"] for expected in case.get("expect", ()))
