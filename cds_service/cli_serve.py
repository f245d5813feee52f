"""rert-cds serve, rert-cds demo."""

import os
from argparse import Namespace

from cds_service.server import serve as run
from cds_service.settings import Settings


def serve(_arguments: Namespace) -> int:
    """The production server; returns when it was told to stop."""
    run(Settings.from_environ(os.environ))
    return 0


def demo(_arguments: Namespace) -> int:
    """The server with synthetic patients; prints the address to open."""
    settings = Settings.from_environ(os.environ, demo=True)
    print(f"Open {settings.public_base_url}/demo in a browser. Synthetic patients only. Ctrl-C stops.", flush=True)
    run(settings)
    return 0
