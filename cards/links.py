"""Links to the sources behind a card; the addresses come from the knowledge, never from data."""

from collections.abc import Sequence

from cards.escaping import plain_text
from cards.model import Link
from clinical_rules.findings import Finding

MOST_LINKS = 5


def source_links(findings: Sequence[Finding]) -> tuple[Link, ...]:
    """The first few sources that have an https address, each once."""
    by_url = {
        source.url: plain_text(source.label)
        for finding in reversed(findings)
        for source in reversed(finding.sources)
        if source.url and source.url.startswith("https://")
    }
    links = [Link(label=label, url=url, type="absolute") for url, label in reversed(by_url.items()) if label]
    return tuple(links[:MOST_LINKS])
