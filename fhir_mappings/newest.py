"""Of results that come by the hundred, only the newest of each code: the rules ask when it was last done."""

from collections import defaultdict
from collections.abc import Iterable

from fhir_mappings.concepts import read_concept
from fhir_mappings.look_shapes import Look
from fhir_mappings.place import Place

_KEPT = 3  # more than one, because the newest may be dated in the future or turn out unreadable


def newest_of_each(places: Iterable[tuple[Place, Look | None]], recent: frozenset[str]) -> list[Place]:
    """All places, but of those whose code is in `recent` only the newest few by their date."""
    kept: list[Place] = []
    by_code: dict[str, list[tuple[str, str, Place]]] = defaultdict(list)
    for place, look in places:
        code = _recent_code(look, recent)
        if look is None or code is None or look.effective_date_time is None:
            kept.append(place)
        else:
            by_code[code].append((look.effective_date_time, look.id or "", place))
    for listed in by_code.values():
        listed.sort(key=lambda each: each[:2], reverse=True)
        kept += [place for *_, place in listed[:_KEPT]]
    return kept


def _recent_code(look: Look | None, recent: frozenset[str]) -> str | None:
    concept = read_concept(look.code) if look is not None and look.resource_type == "Observation" else None
    return next((code for code in concept.codes() if code in recent), None) if concept is not None else None
