"""The settings: environment variables with the prefix RERT_CDS_, checked at start and frozen."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from cds_service.errors import SettingsError
from cds_service.setting import PREFIX
from cds_service.settings_checks import combination_problems
from cds_service.settings_fields import NOT_FROM_ENVIRONMENT, SettingsFields
from cds_service.settings_files import read_clients, read_switches
from clinical_rules.picture import RuleSettings

CARDS_AT_MOST = {"patient-view": 2}
CARDS_AT_MOST_ELSEWHERE = 3


class Settings(SettingsFields):
    """The settings in force, with what follows from them."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], *, serving: bool = True, demo: bool = False) -> Self:
        """The settings in `environ`; SettingsError lists everything that is wrong.

        `serving` False is for commands that open no port: then nothing is asked about who may call.
        """
        given, problems = _known(environ)
        settings, wrong = cls._tolerant({**_defaults(given), **given, "demo": demo})
        problems += _wrong_values(wrong & given.keys())
        clients, client_problems = read_clients(settings.clients_file, production=settings.production)
        problems += [*client_problems, *read_switches(settings.switches_file)[1]]
        if serving:
            problems += combination_problems(settings)
        if problems:
            raise SettingsError(problems)
        return settings.model_copy(update={"clients": clients})

    @classmethod
    def _tolerant(cls, values: Mapping[str, object]) -> tuple[Self, set[str]]:
        """The settings with defaults in place of wrong values, and whose values are wrong: more can be checked so."""
        try:
            return cls.model_validate(values), set()
        except ValidationError as error:
            wrong = {str(detail["loc"][0]) for detail in error.errors(include_url=False, include_input=False)}
            return cls.model_validate({name: value for name, value in values.items() if name not in wrong}), wrong

    @property
    def production(self) -> bool:
        """Whether this is a production set-up."""
        return self.environment == "production"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose today counts."""
        return ZoneInfo(self.time_zone)

    def cards_at_most(self, hook: str) -> int:
        """How many cards an answer to this hook may hold."""
        return self.max_cards or CARDS_AT_MOST.get(hook, CARDS_AT_MOST_ELSEWHERE)

    def rule_settings(self, disabled_rules: tuple[str, ...] = (), enabled_rules: tuple[str, ...] = ()) -> RuleSettings:
        """What the rules may know of the settings."""
        return RuleSettings(
            imaging_window_days=self.imaging_window_days,
            organ_function_window_days=self.organ_function_window_days,
            recovery_scheme=self.recovery_scheme,
            disabled_rules=disabled_rules,
            enabled_rules=enabled_rules,
        )


def variables() -> tuple[str, ...]:
    """The names of all environment variables, in the order of the class."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields if name not in NOT_FROM_ENVIRONMENT)


def _known(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The values given, by field, and a problem for each variable with our prefix that is no setting."""
    names, known = sorted(name for name in environ if name.startswith(PREFIX)), variables()
    given = {name.removeprefix(PREFIX).lower(): environ[name] for name in names if name in known}
    return given, [_unknown(name, known) for name in names if name not in known]


def _unknown(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"expected {near[0]}" if near else "expected one of docs/settings.md"
    return f"{name} is not a setting; {hint}."


def _defaults(given: Mapping[str, str]) -> dict[str, object]:
    """The defaults that depend on other settings."""
    production = given.get("environment") == "production"
    host, port = given.get("host", "127.0.0.1"), given.get("port", "8000")
    shown = f"[{host}]" if ":" in host else host
    return {
        "auth": "jwt" if production else "none",
        "cors_origins": () if production else ("*",),
        "public_base_url": f"http://{shown}:{port}",
    }


def _wrong_values(names: set[str]) -> list[str]:
    return [f"{PREFIX}{name.upper()} has a wrong value; expected {expected(name)}." for name in sorted(names)]


def expected(field: str) -> str:
    """What a value of this setting must be, in words."""
    extra = Settings.model_fields[field].json_schema_extra
    return str(extra["expected"]) if isinstance(extra, dict) else ""
