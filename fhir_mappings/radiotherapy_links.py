"""What every radiotherapy record carries beside dose: identity, version, references, dates, intent, reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from clinical_rules.facts import BodySite, Intent
from fhir_mappings.body_sites import read_body_site, read_body_sites
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import Json, codings, items, obj, text
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_diagnoses import body_site_of, diagnosis_of
from fhir_mappings.radiotherapy_elements import concepts, inner, system_codes
from fhir_mappings.resources import Resources, reference_of
from fhir_mappings.rt_codes import INTENTS, REIRRADIATION_REASONS

_INTENT = ("mcode-procedure-intent", "mcode-treatment-intent", "mii-ex-onko-strahlentherapie-intention")
_TARGET = "procedure-targetbodystructure"
_KIND_ROLES = frozenset({"emergency", "pain", "benign"})


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why it was given: references, and what their codes say of site and kind."""

    references: tuple[str, ...] = ()
    site: str | None = None
    body_site: BodySite | None = None
    kinds: tuple[str, ...] = ()
    reirradiation: bool = False


def official_ids(resource: Json) -> tuple[str, ...]:
    """Official identifiers as `system|value`; without any, all that name a system, since a bare value may repeat."""
    found = [
        (part.get("use") == "official", f"{text(part.get('system')) or ''}|{value}")
        for part in items(resource.get("identifier"))
        if (value := text(part.get("value")))
    ]
    official = {name for is_official, name in found if is_official}
    return tuple(sorted(official or {name for _, name in found if not name.startswith("|")}))


def version(resource: Json, fractions: int) -> tuple[int, str, str]:
    """What orders snapshots of one record: fractions, lastUpdated as one clock, versionId."""
    meta = obj(resource.get("meta"))
    number = text(meta.get("versionId")) or ""
    return fractions, _instant(text(meta.get("lastUpdated")) or ""), number.zfill(20) if number.isdecimal() else number


def references(resource: Json, element: str, entry: Selected, resources: Resources) -> tuple[str, ...]:
    """The normalised references of an element, in its order, each once."""
    literal = (reference_of(part) for part in items(resource.get(element)))
    return tuple(dict.fromkeys(resources.normalise(one, entry) for one in literal if one))


def read_intent(resource: Json) -> Intent | None:
    """The intent; a code other than curative and palliative is `other`."""
    stated = [code for concept in concepts(resource, *_INTENT) for _, code in codings(concept)]
    known = next((INTENTS[code] for code in stated if code in INTENTS), None)
    return known or ("other" if stated else None)


def read_sites(resource: Json, entry: Selected, resources: Resources, codes: CodeTable) -> tuple[BodySite, ...]:
    """The places of a record itself: bodySite, and BodyStructures it names without a dose."""
    found = list(read_body_sites(resource.get("bodySite"), codes))
    for part in inner(resource, _TARGET):
        target = resources.resolve(reference_of(part.get("valueReference")), entry) or {}
        site = read_body_site(obj(target.get("location")), codes, items(target.get("locationQualifier")))
        found.extend([] if site is None else [site])
    return tuple(dict.fromkeys(found))


def read_reasons(resource: Json, entry: Selected, resources: Resources, codes: CodeTable) -> Reasons:
    """The reasons by code and by reference; the first one that names a site gives it."""
    if "reasonReference" not in resource and "reasonCode" not in resource:
        return Reasons()
    literal = [reference_of(part) for part in items(resource.get("reasonReference"))]
    conditions = [resources.resolve(one, entry) or {} for one in literal]
    stated = [*items(resource.get("reasonCode")), *(obj(one.get("code")) for one in conditions)]
    pairs = [coding for concept in stated for coding in system_codes(concept)]
    site, place = _site_of(pairs, codes)
    own_places = [one for condition in conditions for one in read_body_sites(condition.get("bodySite"), codes)]
    return Reasons(
        references=references(resource, "reasonReference", entry, resources),
        site=site,
        body_site=own_places[0] if own_places else place,
        kinds=_kinds(pairs, codes),
        reirradiation=any(code in REIRRADIATION_REASONS for _, code in pairs),
    )


def _site_of(pairs: Sequence[tuple[str, str]], codes: CodeTable) -> tuple[str | None, BodySite | None]:
    """The site and the place of the first code that names a diagnosis."""
    for system, code in pairs:
        found = diagnosis_of(system, code, codes)
        if found is not None:
            return found.site, body_site_of(found, system, code)
    return None, None


def _kinds(pairs: Sequence[tuple[str, str]], codes: CodeTable) -> tuple[str, ...]:
    """The kinds of reason that the rules ask for: metastasis by organ, and what the code table calls one."""
    kinds: set[str] = set()
    for system, code in pairs:
        diagnosis = diagnosis_of(system, code, codes)
        if diagnosis is not None and diagnosis.role == "secondary":
            kinds.add(diagnosis.site)
        kinds.update(_role_kinds(system, code, codes))
    return tuple(sorted(kinds))


def _role_kinds(system: str, code: str, codes: CodeTable) -> set[str]:
    """The kinds that the code table gives a Condition's code, exactly or by prefix."""
    exact = codes.roles.get("Condition", {}).get((system, code))
    prefixes = codes.role_prefixes.get("Condition", {})
    matching = (role for (owner, prefix), role in prefixes.items() if owner == system and code.startswith(prefix))
    found = [role for role in (exact, *matching) if role is not None and role.role in _KIND_ROLES]
    found = [role for role in found if role.verified or codes.unverified == "low-confidence"]
    return {part for role in found for part in (role.role, role.item) if part}


def _instant(value: str) -> str:
    """An instant in UTC, so that text order is time order; other text as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    try:
        return moment.astimezone(UTC).isoformat() if moment.tzinfo else value
    except OverflowError:
        return value
