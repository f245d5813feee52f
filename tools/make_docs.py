"""Writes the pages that are made from code and knowledge: docs/knowledge.md, docs/settings.md. A test compares."""

from pathlib import Path

import conformance_table
import coverage_page
import demo_cards

from cds_service import settings_page
from clinical_rules.knowledge import load_knowledge
from clinical_rules.knowledge.listing import Row, listing

DOCS = Path(__file__).resolve().parents[1] / "docs"
HEAD = """# Knowledge

Made from `clinical_rules/knowledge` by `make docs`; do not edit. Version {version}. Flag Y1: the number was read in the
primary text; Y2: in a secondary one. "Ours" is a decision of the project. Where the last column names nobody,
no named clinician has reviewed the value.

| id | value | applies | since | sources | reviewed |
|---|---|---|---|---|---|
"""


def knowledge_page() -> str:
    """The whole page."""
    knowledge = load_knowledge()
    return HEAD.format(version=knowledge.version) + "".join(_line(row) for row in listing(knowledge))


def _line(row: Row) -> str:
    cells = (row["id"], row["value"], row["applies"], row["since"], _sources(row), row["reviewed_by"])
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def _sources(row: Row) -> str:
    ours = "ours: " if row["kind"] == "project-decision" else ""
    parts = [" ".join(filter(None, (s["label"], s["where"] and f"({s['where']})", s["flag"]))) for s in row["sources"]]
    return ours + "; ".join(parts)


def pages() -> dict[str, str]:
    """All generated pages, by file name."""
    return {
        "knowledge.md": knowledge_page(),
        "settings.md": settings_page.page(),
        "conformance.md": conformance_table.page(),
        "demo-cards.md": demo_cards.demo_cards_page(),
        "coverage.md": coverage_page.page(),
    }


if __name__ == "__main__":
    for name, content in pages().items():
        (DOCS / name).write_text(content, "utf-8")
        print(f"wrote docs/{name}")
