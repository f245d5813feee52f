"""fhirAuthorization: the token for the client's FHIR server, and whether it may be used.

The token lives for this call only and has no readable form. What cannot be used is not guessed at: nothing is fetched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from re import ASCII
from re import compile as pattern

from pydantic import SecretStr

from cds_service.callbacks.scopes import Scopes
from cds_service.errors import BadRequestError

TOKEN_LENGTH = 8000
"""Longest token that is sent; a header line of most servers holds as much."""

_TOKEN = pattern(r"[\x21-\x7e]+", ASCII)


@dataclass(frozen=True, slots=True)
class Authorization:
    """What the client grants for this call; `token` is None where what came cannot be used."""

    token: SecretStr | None
    scopes: Scopes


def read_authorization(granted: Mapping[str, object]) -> Authorization:
    """The authorization in these members; BadRequestError for a token that could not stand in a header.

    A token that has run out, does not say how long it lasts or is no bearer token is not used; nor is one beside which
    a member is missing that the specification requires: whoever leaves one out may have granted something else.
    """
    token = _text(granted.get("access_token"))
    if token is not None and not (_TOKEN.fullmatch(token) and len(token) <= TOKEN_LENGTH):
        raise BadRequestError(f"fhirAuthorization.access_token must be 1 to {TOKEN_LENGTH} visible ASCII characters.")
    scope = _text(granted.get("scope"))
    usable = _is_bearer(granted) and _lasts(granted) and _is_whole(granted, scope)
    return Authorization(
        token=SecretStr(token) if token is not None and usable else None,
        scopes=Scopes.parse(scope or ""),
    )


def _is_whole(granted: Mapping[str, object], scope: str | None) -> bool:
    """Whether scope and subject are stated, and with a patient's scopes the patient."""
    if scope is None or _text(granted.get("subject")) is None:
        return False
    of_a_patient = any(each.startswith("patient/") for each in scope.split())
    return not of_a_patient or _text(granted.get("patient")) is not None


def _is_bearer(granted: Mapping[str, object]) -> bool:
    return (_text(granted.get("token_type")) or "").lower() == "bearer"


def _lasts(granted: Mapping[str, object]) -> bool:
    """Whether `expires_in` is a number of seconds above 0."""
    seconds = granted.get("expires_in")
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
