"""A site's own folder of knowledge files."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

_DIGEST_SHOWN = 4


def toml_files(folder: Path | None, problems: list[str]) -> Iterator[tuple[Path, str]]:
    """The TOML files of the folder and below, sorted, each with its name in messages."""
    if folder is None:
        return
    found = _sorted(folder)
    if not found:
        problems.append(f"{folder.name}: no folder with .toml files; expected the site's own limits")
    for file in found:
        yield file, f"site's {file.relative_to(folder).as_posix()}"


def digest(folder: Path) -> str:
    """Four hex digits that change when a file of the folder does."""
    content = sha256()
    for file in _sorted(folder):
        content.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return content.hexdigest()[:_DIGEST_SHOWN]


def _sorted(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.toml"), key=lambda file: file.relative_to(folder).as_posix())
