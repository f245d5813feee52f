"""How one setting is declared: default, what is expected, what it means; and how text becomes a value."""

from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

PREFIX = "RERT_CDS_"


def setting(default: Any, expected: str, meaning: str, **checks: Any) -> Any:
    """A field with the words for the settings page and for the message when its value is wrong."""
    return Field(
        default, description=meaning, json_schema_extra={"expected": expected}, validate_default=False, **checks
    )


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def is_address(value: str, *, path: bool = True) -> bool:
    """Whether this is an absolute http(s) address without user, query and fragment (and path, if so asked)."""
    try:
        parts = urlsplit(value)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password or "?" in value or "#" in value)
    printable = value.isascii() and value.isprintable() and " " not in value and "\\" not in value
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and port_is_number
        and plain
        and printable
        and (path or not parts.path)
    )


def exact_address(value: str) -> str:
    """The address as it stands; ValueError if it is none."""
    if not is_address(value):
        raise ValueError("not an address")
    return value


def address(value: str) -> str:
    """The address without its last slash; ValueError if it is none."""
    return exact_address(value).rstrip("/")


def _origin(value: str) -> str:
    if value != "*" and not is_address(value, path=False):
        raise ValueError("not an origin")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError("not a time zone") from error
    return value


def _database(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("not a database we know")
    return value


def _flag(value: object) -> object:
    return {"true": True, "false": False}.get(value, "neither") if isinstance(value, str) else value


Address = Annotated[str, AfterValidator(address)]
ExactAddress = Annotated[str, AfterValidator(exact_address)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], BeforeValidator(_split)]
Flag = Annotated[bool, BeforeValidator(_flag)]
DatabaseURL = Annotated[SecretStr, AfterValidator(_database)]
ZoneName = Annotated[str, AfterValidator(_zone)]
