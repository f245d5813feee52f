"""BodyStructure (or what stands in its place) -> the volume a dose belongs to: where, what kind, which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from clinical_rules.facts import BodySite, Side, VolumeType
from fhir_mappings.body_sites import read_body_site, read_side, site_of_name
from fhir_mappings.code_table import CodeTable
from fhir_mappings.jsontools import EMPTY, Json, items, obj, text
from fhir_mappings.prefetch import Selected
from fhir_mappings.radiotherapy_elements import snomed_codes
from fhir_mappings.resources import Resources
from fhir_mappings.rt_codes import VOLUME_TYPES

_TARGET_NAME = re.compile(r"(?:I?GTV|CTV|ITV|PTV)(?![a-z])", re.IGNORECASE)
_METRIC = re.compile(r"D(?:(max|mean|min|median)|(\d{1,4}(?:\.\d{1,4})?)(cc|%))", re.IGNORECASE | re.ASCII)
_SUFFIX = re.compile(rf"[_\s-]*(?:(?<=[_\s-])|\A){_METRIC.pattern}\Z", re.IGNORECASE | re.ASCII)
_SIDE_SUFFIX: dict[str, Side] = {"_L": "left", "_R": "right"}
_OPPOSITE: dict[Side | None, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class Volume:
    """What a dose was given to; `metric` is the one its name ends in; `key` names the same volume across records.

    `doubt` says what is wrong with the place: `volume-not-found` or `conflicting-side`.
    """

    key: str
    site: BodySite | None = None
    volume_type: VolumeType = "unknown"
    name: str | None = None
    metric: str | None = None
    doubt: str | None = None


def read_volume(
    reference: Json, entry: Selected, resources: Resources, codes: CodeTable, fallback: Sequence[BodySite] = ()
) -> Volume:
    """The volume that a Reference names; where nothing tells its place, the one place of the record stands in."""
    literal = text(reference.get("reference"))
    found = resources.resolve(literal, entry)
    structure = found or EMPTY
    name = _name(structure) or text(reference.get("display"))
    kind = _volume_type(structure, name)
    own = _sided_by_name(_location(structure, codes), name) or _site_of_volume_name(name, codes)
    own = _checked_side(own, fallback) if kind != "organ-at-risk" else own
    stand_in = fallback[0] if len(fallback) == 1 and kind != "organ-at-risk" else None
    site = own or stand_in
    key = _official_id(structure) or (resources.normalise(literal, entry) if literal else None)
    return Volume(
        key or _place_key(site, name), site, kind, name, metric_of_name(name), _doubt(site, literal, found, structure)
    )


def named_volume(name: str | None, codes: CodeTable, fallback: Sequence[BodySite] = ()) -> Volume:
    """The volume of a dose that gives no reference: its name, else the one place of the record."""
    stand_in = fallback[0] if len(fallback) == 1 else None
    site = _site_of_volume_name(name, codes) or stand_in
    return Volume(_place_key(site, name), site, _volume_type(EMPTY, name), name, metric_of_name(name))


def read_metric(value: object) -> str | None:
    """A dose metric in its TG-263 spelling; None where the text is none.

    >>> read_metric("d0.10CC"), read_metric("DMAX"), read_metric("V20")
    ('D0.1cc', 'Dmax', None)
    """
    match = _METRIC.fullmatch(text(value) or "")
    return None if match is None else _spelled(*match.groups())


def metric_of_name(name: str | None) -> str | None:
    """The metric that a volume's name ends in.

    >>> metric_of_name("SpinalCord_Dmax"), metric_of_name("Cord D0.1cc"), metric_of_name("Bladder")
    ('Dmax', 'D0.1cc', None)
    """
    match = _SUFFIX.search(name or "")
    return None if match is None else _spelled(*match.groups())


def _spelled(word: str | None, size: str | None, unit: str | None) -> str:
    """The metric as TG-263 writes it."""
    if word is not None:
        return f"D{word.lower()}"
    return f"D{Decimal(size or 0).normalize():f}{(unit or '').lower()}"


def _name(structure: Json) -> str | None:
    """The volume's display name: its usual identifier if that has letters, else its description."""
    usual = (text(part.get("value")) for part in items(structure.get("identifier")) if part.get("use") == "usual")
    named = (name for name in usual if name and any(map(str.isalpha, name)))
    return next(named, None) or text(structure.get("description"))


def _official_id(structure: Json) -> str | None:
    """The official identifier as `system|value`, the smallest where there are several."""
    found = [
        f"{text(part.get('system')) or ''}|{value}"
        for part in items(structure.get("identifier"))
        if part.get("use") == "official" and (value := text(part.get("value")))
    ]
    return min(found, default=None)


def _volume_type(structure: Json, name: str | None) -> VolumeType:
    """Target or organ at risk, by morphology and else by a name that begins like a target's."""
    kinds = {VOLUME_TYPES[code] for code in snomed_codes(structure.get("morphology")) if code in VOLUME_TYPES}
    if len(kinds) == 1:
        return kinds.pop()
    return "target" if not kinds and _TARGET_NAME.match(name or "") else "unknown"


def _location(structure: Json, codes: CodeTable) -> BodySite | None:
    """The coded place of a BodyStructure with its qualifiers."""
    return read_body_site(obj(structure.get("location")), codes, items(structure.get("locationQualifier")))


def _sided_by_name(site: BodySite | None, name: str | None) -> BodySite | None:
    """The place with the side of its TG-263 name (`Cochlea_L`); where name and qualifiers disagree it is unknown."""
    base = _SUFFIX.sub("", name or "").strip(" _-")
    stated = _SIDE_SUFFIX.get(base[-2:])
    if site is None or stated is None or site.side in (stated, "both", "unknown"):
        return site
    if site.side is not None:
        return replace(site, side="unknown")
    return replace(site, side=stated) if base[:-2] in site.structures else site


def _checked_side(site: BodySite | None, stated: Sequence[BodySite]) -> BodySite | None:
    """The place; its side is unknown where the record itself names that region on the other side only."""
    if site is None or site.side not in _OPPOSITE:
        return site
    here = {other.side for other in stated if other.region == site.region}
    return replace(site, side="unknown") if here == {_OPPOSITE[site.side]} else site


def _doubt(site: BodySite | None, literal: str | None, found: Json | None, structure: Json) -> str | None:
    """What is wrong with the place of a volume."""
    if literal is not None and found is None and site is None:
        return "volume-not-found"
    one_side = read_side(items(structure.get("locationQualifier"))) in _OPPOSITE
    return "conflicting-side" if site is not None and site.side == "unknown" and one_side else None


def _site_of_volume_name(name: str | None, codes: CodeTable) -> BodySite | None:
    """The place a volume's name stands for: the closed list of texts, or a TG-263 structure name."""
    if name is None:
        return None
    base = _SUFFIX.sub("", name).strip(" _-")
    return site_of_name(name, codes) or site_of_name(base, codes) or _tg263(base, codes)


def _tg263(name: str, codes: CodeTable) -> BodySite | None:
    """The place of a TG-263 structure name (`Parotid_L`); the code with the smallest number stands for it."""
    side = _SIDE_SUFFIX.get(name[-2:])
    base = name[:-2] if side else name
    found = [site for site in codes.body_sites.values() if base in site.structures]
    if not found:
        return None
    site = min(found, key=lambda one: (len(one.structures), one.side is not None, one.code or ""))
    return replace(site, structures=(base,), side=side or site.side, coded=False)


def _place_key(site: BodySite | None, name: str | None) -> str:
    """A key from the place, else from the name; empty where nothing tells volumes apart."""
    if site is not None and site.code is not None:
        return f"{site.system or ''}|{site.code}|{site.side or ''}"
    return (name or "").lower()
