"""The two TOML files that settings point to: clients, and switches."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cds_service.outbound.addresses import Address as PlainAddress
from cds_service.setting import Address, ExactAddress

PUBLIC_SANDBOX = "sandbox.cds-hooks.org"
"""Everyone can sign in its name."""

Algorithm = Literal["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"]
NonEmpty = Annotated[str, Field(min_length=1)]


class _FileModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, strict=True)


class Client(_FileModel):
    """One client that may call, and what it may send us to."""

    name: NonEmpty
    issuer: NonEmpty
    jwks_url: ExactAddress | None = None
    jwks_file: NonEmpty | None = None
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1, strict=False)] = ("ES384", "RS384")
    audience_aliases: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()
    tenants: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()
    fhir_servers: Annotated[tuple[Address, ...], Field(strict=False)] = ()
    fhir_without_token: bool = False
    max_token_minutes: Annotated[int, Field(ge=1, le=60)] = 5

    @model_validator(mode="after")
    def _one_source_of_keys(self) -> "Client":
        if (self.jwks_url is None) == (self.jwks_file is None):
            raise ValueError("expected either jwks_url or jwks_file")
        return self

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses this client makes us call."""
        return (*((self.jwks_url,) if self.jwks_url else ()), *self.fhir_servers)


class _ClientsFile(_FileModel):
    client: Annotated[tuple[Client, ...], Field(min_length=1, strict=False)]


class Switches(_FileModel):
    """What is switched off or on, for whom the service computes without answering, and whose keys are denied."""

    disabled_rules: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()
    enabled_rules: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()
    silent: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()
    denied_keys: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()


Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path, model: type[Model]) -> tuple[Model | None, list[str]]:
    """The file as a model, or what is wrong with it: file name and place, no values."""
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))), []
    except (OSError, UnicodeDecodeError):
        return None, [f"{path.name} cannot be read; expected a TOML file in UTF-8."]
    except tomllib.TOMLDecodeError as error:
        place = str(error).rpartition("(")[2].rstrip(")")
        return None, [f"{path.name} is not TOML ({place})."]
    except ValidationError as error:
        return None, [
            f"{path.name}, {'.'.join(map(str, detail['loc'])) or 'file'}: {detail['msg']}."
            for detail in error.errors(include_url=False, include_input=False, include_context=False)
        ]


def read_switches(path: Path | None) -> tuple[Switches, list[str]]:
    """The switches in force at start."""
    if path is None:
        return Switches(), []
    switches, problems = read_toml(path, Switches)
    return switches or Switches(), problems


def read_clients(path: Path | None, *, production: bool) -> tuple[tuple[Client, ...], list[str]]:
    """The clients, with key files made absolute."""
    if path is None:
        return (), []
    found, problems = read_toml(path, _ClientsFile)
    if found is None:
        return (), problems
    clients = tuple(_located(client, path.parent) for client in found.client)
    problems += [problem for client in clients for problem in _client_problems(client, path.name, production)]
    for member in ("name", "issuer"):
        if len({getattr(client, member) for client in clients}) < len(clients):
            problems.append(f"{path.name}: two clients share one {member}; each needs its own.")
    return clients, problems


def _located(client: Client, folder: Path) -> Client:
    if client.jwks_file is None:
        return client
    return client.model_copy(update={"jwks_file": str((folder / client.jwks_file).resolve())})


def _client_problems(client: Client, file: str, production: bool) -> list[str]:
    problems = []
    if client.jwks_file is not None and not Path(client.jwks_file).is_file():
        problems.append(f"{file}, client {client.name}: jwks_file does not exist; it is relative to this file.")
    if any(PlainAddress.parse(address) is None for address in client.fhir_servers):
        problems.append(
            f"{file}, client {client.name}: fhir_servers must hold plain addresses as in https://ehr.example.org/fhir: "
            "no dot segments, no encoded slashes, no shortened numbers for hosts, no dot after the host."
        )
    if production and any(not address.startswith("https://") for address in client.addresses):
        problems.append(f"{file}, client {client.name}: addresses must be https in production.")
    if production and PUBLIC_SANDBOX in f"{client.issuer} {client.jwks_url}":
        problems.append(
            f"{file}, client {client.name}: the public sandbox's private key is published; not in production."
        )
    return problems
