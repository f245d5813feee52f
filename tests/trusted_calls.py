"""Calls with tokens, and clients added to those that are trusted."""

from pathlib import Path
from typing import Any

CALL = "/cds-services/oncology-patient-view"
OTHER = "https://other.example.org"


def bearer(sent: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {sent}"}


def ask(running: Any, compact: str, **options: Any) -> int:
    return int(running.post(headers=bearer(compact), **options).status_code)


def add_client(settings: dict[str, str], text: str) -> None:
    file = Path(settings["CLIENTS_FILE"])
    file.write_text(f"{file.read_text()}\n{text}")
