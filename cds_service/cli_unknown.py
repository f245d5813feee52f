"""rert-cds knowledge unknown: the codes in a chart that no rule understands, for whoever maps a hospital's codes."""

from cds_service.cli_assess import parts_of_environment
from cds_service.cli_input import read_object
from cds_service.errors import InputRefusedError
from fhir_mappings.unknown_codes import UnknownCode, unknown_codes

NONE = "Every code in it is understood by a rule, or it holds none."


def print_unknown_codes(name: str | None, *, display: bool) -> int:
    """One line a code: resource type, how many resources carry it, system and code; words of the chart if asked for."""
    if name is None:
        raise InputRefusedError("knowledge unknown: expected a file with a CDS Hooks request, FHIR Bundle or resource")
    parts = parts_of_environment()
    _, value = read_object(name, parts.settings.max_body_bytes)
    found = unknown_codes(value, parts.codes)
    for each in found:
        print(_line(each, display=display))
    if not found:
        print(NONE)
    return 0


def _line(each: UnknownCode, *, display: bool) -> str:
    named = f"{each.system or 'no system'}|{each.code}" if each.code else "text without a code"
    words = f"  {each.display}" if display and each.display else ""
    return f"{each.resource_type}  {each.count}  {each.element}  {named}{words}"
