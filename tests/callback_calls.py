"""Calls of a client whose FHIR server is asked for what the prefetch lacks, and how their answers are read."""

import json
from pathlib import Path
from typing import Any

from client_tokens import ISSUER, ec_key, key_set, public
from fhir_server import GRANT, TOKEN, FhirServer

EXAMPLE = Path(__file__).resolve().parent / "examples" / "rectum-local-recurrence-in-the-irradiated-pelvis"
PREFETCH: dict[str, Any] = json.loads((EXAMPLE / "request.json").read_text(encoding="utf-8"))["prefetch"]
SECONDS = 10
INDISPENSABLE = ("patient", "conditions", "procedures")
OTHERS = tuple(key for key in PREFETCH if key not in INDISPENSABLE)
TYPES = {"patient": "Patient", "conditions": "Condition", "procedures": "Procedure", "volumes": "BodyStructure",
         "medications": "MedicationRequest", "reports": "DiagnosticReport"}  # fmt: skip


def clients(folder: Path, *servers: str, more: str = "", name: str = "hospital", issuer: str = ISSUER) -> str:
    (folder / "keys.json").write_bytes(key_set(public(ec_key())))
    with (folder / "clients.toml").open("a") as file:
        file.write(
            f'[[client]]\nname = "{name}"\nissuer = "{issuer}"\njwks_file = "keys.json"\n'
            f"fhir_servers = {json.dumps(servers)}\n{more}\n"
        )
    return str(folder / "clients.toml")


def call(make_body: Any, ehr: FhirServer | str, prefetch: dict[str, Any] | None = None, **changes: Any) -> Any:
    address = ehr if isinstance(ehr, str) else ehr.address
    granted = {"fhirAuthorization": GRANT, **changes}
    named = {name: value for name, value in granted.items() if value is not None}
    return make_body(fhirServer=address, **{"prefetch": prefetch or {}, **named})


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in PREFETCH.items() if key not in keys}


def cards(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return strip(answer.json["cards"])


def strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: strip(member) for name, member in value.items() if name != "uuid"}
    return [strip(member) for member in value] if isinstance(value, list) else value


def plain(cds: Any, make_body: Any, prefetch: dict[str, Any] | None = None) -> Any:
    found = cards(cds.post(sent=make_body(prefetch=prefetch or PREFETCH)))
    assert found
    return found


def missing(answer: Any) -> str:
    assert answer.status_code == 412, answer.text
    assert answer.json["resourceType"] == "OperationOutcome"
    return " ".join(issue["details"]["text"] for issue in answer.json["issue"])


def canaries(cds: Any, answer: Any) -> None:
    for written in (cds.stream.getvalue(), answer.text if answer.status_code != 200 else ""):
        assert TOKEN not in written
        assert "1963-05-04" not in written
