"""The parts of a running service, chosen once at start: settings, knowledge, code table, switches, log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from cds_service.callbacks.complete import Callbacks
from cds_service.callbacks.servers import Servers
from cds_service.code_table import build_code_table, observation_codes
from cds_service.errors import SettingsError
from cds_service.log import make_log
from cds_service.services import prefetch_templates
from cds_service.settings import Settings
from cds_service.switches import SwitchesFile
from clinical_rules.knowledge import Knowledge, load_knowledge
from fhir_mappings.code_table import CodeTable


@dataclass(frozen=True, slots=True)
class Parts:
    """What every call needs and no call changes."""

    settings: Settings
    knowledge: Knowledge
    codes: CodeTable
    prefetch: Mapping[str, str]
    switches: SwitchesFile
    log: FilteringBoundLogger
    callbacks: Callbacks


def make_parts(settings: Settings, log: FilteringBoundLogger | None = None) -> Parts:
    """The parts for these settings; SettingsError or KnowledgeError if they or the site's folder cannot be used."""
    log = log or make_log()
    knowledge = load_knowledge(settings.knowledge_dir)
    _require_scheme(settings.recovery_scheme, knowledge)
    templates = prefetch_templates(observation_codes(knowledge))
    servers = Servers(settings.clients, settings.threads)
    return Parts(
        settings=settings,
        knowledge=knowledge,
        codes=build_code_table(knowledge, unverified=settings.unverified_codes),
        prefetch=templates,
        switches=SwitchesFile(settings.switches_file, log),
        log=log,
        callbacks=Callbacks(servers, templates, log, bytes_at_most=settings.max_body_bytes),
    )


def _require_scheme(name: str, knowledge: Knowledge) -> None:
    """Only the knowledge, a site's own included, tells which schemes there are."""
    names = knowledge.recovery_scheme_names
    if name not in names:
        raise SettingsError([f"RERT_CDS_RECOVERY_SCHEME is no scheme of the knowledge; expected {_one_of(names)}."])


def _one_of(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
