"""rert-cds knowledge: list what decides, show one entry, check a site's own folder, name what a chart holds beside."""

import os
from argparse import Namespace
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from cds_service.cli_unknown import print_unknown_codes
from cds_service.errors import InputRefusedError
from cds_service.settings import Settings
from clinical_rules.knowledge import Knowledge, load_knowledge
from clinical_rules.knowledge.listing import Row, listing


def knowledge(arguments: Namespace) -> int:
    """Does one of list, show, check, unknown."""
    if arguments.action == "check":
        return _check(arguments.what)
    if arguments.action == "unknown":
        return print_unknown_codes(arguments.what, display=arguments.display)
    loaded = load_knowledge(Settings.from_environ(os.environ, serving=False).knowledge_dir)
    return _show(loaded, arguments.what) if arguments.action == "show" else _list(loaded)


def _list(loaded: Knowledge) -> int:
    print(f"knowledge {loaded.version}")
    for row in listing(loaded):
        labels = "; ".join(source["label"] for source in row["sources"])
        print(f"{row['id']}  {row['value']}  [{row['applies']}]  {labels}; {row['reviewed_by']}")
    return 0


def _show(loaded: Knowledge, wanted: str | None) -> int:
    if wanted is None:
        raise InputRefusedError("knowledge show: expected an id; rert-cds knowledge list has them")
    rows = [row for row in listing(loaded) if row["id"] == wanted]
    if not rows:
        near = get_close_matches(wanted, {row["id"] for row in listing(loaded)}, n=1)
        raise InputRefusedError(f"{wanted}: no such id{f'; expected {near[0]}' if near else ''}")
    print("\n\n".join("\n".join(_whole(row)) for row in rows))
    return 0


def _whole(row: Row) -> Iterator[str]:
    yield f"{row['id']} ({row['type']}): {row['title']}"
    for name in ("value", "applies", "since", "last_checked", "kind", "reviewed_by", "note"):
        if row[name]:
            yield f"  {name.replace('_', ' ')}: {row[name]}"
    for source in row["sources"]:
        read = {True: "primary text opened", False: "secondary text", None: ""}[source["primary_opened"]]
        parts = (source["label"], source["where"], source["url"], source["flag"], read)
        yield f"  source: {', '.join(part for part in parts if part)}"


def _check(folder: str | None) -> int:
    """KnowledgeError lists every problem; without a folder the packaged files are checked."""
    if folder is not None and not Path(folder).is_dir():
        raise InputRefusedError(f"{folder}: expected an existing folder")
    print(f"knowledge {load_knowledge(Path(folder) if folder else None).version}: no problems")
    return 0
