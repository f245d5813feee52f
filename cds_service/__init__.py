"""The web edge: HTTP, settings and the command line around the rules."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cds_service.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> object:
    """`create_app` on first use: the server makes sockets cooperative before anything that holds one is imported."""
    if name == "create_app":
        from cds_service.app import create_app

        return create_app
    raise AttributeError(name)
