"""What the readers get: FHIR JSON by prefetch key, with what became of each key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clinical_rules.facts import Availability, DataProblem

Json = dict[str, "object"]


@dataclass(frozen=True, slots=True)
class Selected:
    """One selected entry: strict JSON (decimals as Decimal), its reference `Type/id`, and where it came from."""

    reference: str
    resource_type: str
    resource: Json
    full_url: str | None
    key: str


@dataclass(frozen=True, slots=True)
class Prefetch:
    """What the call brought: per key the raw value, untouched; and how each key fared.

    `raw` values are the bytes of the JSON value of each prefetch key, `context_raw` those of
    `draftOrders` or `conditions` of the hook's context (key = context field), already known to be JSON.
    `selections` are the references that order-select names.
    """

    patient_id: str
    raw: Mapping[str, bytes]
    context_raw: Mapping[str, bytes] = field(default_factory=dict)
    selections: tuple[str, ...] | None = None
    availability: Mapping[str, Availability] = field(default_factory=dict)
    problems: tuple[DataProblem, ...] = ()
