"""rert-cds knowledge: list what decides, show one entry with its sources, check a site's own folder."""

import os
from argparse import Namespace
from pathlib import Path

from clinical_rules.knowledge.listing import listing, show

from cds_service.errors import InputRefusedError
from cds_service.settings import Settings
from clinical_rules.knowledge import Knowledge, load_knowledge


def knowledge(arguments: Namespace) -> int:
    """Does one of list, show, check."""
    if arguments.action == "check":
        return _check(arguments.what)
    loaded = load_knowledge(Settings.from_environ(os.environ, serving=False).knowledge_dir)
    return _show(loaded, arguments.what) if arguments.action == "show" else _list(loaded)


def _list(loaded: Knowledge) -> int:
    print(f"knowledge {loaded.version}")
    print(listing(loaded))
    return 0


def _show(loaded: Knowledge, wanted: str | None) -> int:
    if wanted is None:
        raise InputRefusedError("knowledge show: expected an id; rert-cds knowledge list has them")
    print(show(loaded, wanted))
    return 0


def _check(folder: str | None) -> int:
    """KnowledgeError lists every problem; without a folder the packaged files are checked."""
    if folder is not None and not Path(folder).is_dir():
        raise InputRefusedError(f"{folder}: expected an existing folder")
    print(f"knowledge {load_knowledge(Path(folder) if folder else None).version}: no problems")
    return 0
