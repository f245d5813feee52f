"""Where the tokens seen are kept: a file of their own beside the one that DATABASE_URL names."""

from pathlib import Path

_SQLITE = "sqlite:///"
_ENDING = "-tokens"


def token_file(database_url: str) -> Path | None:
    """The file for this database; None if it is in memory, or not SQLite.

    >>> token_file("sqlite:///rert-cds.sqlite3")
    PosixPath('rert-cds-tokens.sqlite3')
    >>> token_file("sqlite:////var/lib/rert-cds/store.db")
    PosixPath('/var/lib/rert-cds/store-tokens.db')
    >>> token_file("sqlite:///:memory:")
    """
    name = database_url.removeprefix(_SQLITE).partition("?")[0]
    if not database_url.startswith(_SQLITE) or name.startswith((":memory:", "file:")) or not Path(name).name:
        return None
    path = Path(name)
    return path.with_name(f"{path.stem}{_ENDING}{path.suffix}")
