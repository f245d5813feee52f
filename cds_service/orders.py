"""The draft orders of a call as they came, by reference: a suggestion sends one back unchanged but for a flag."""

from cds_service.errors import BadRequestError
from fhir_mappings.errors import StrictJSONError
from fhir_mappings.jsontools import Json, items, obj, text
from fhir_mappings.strict_json import loads


def orders_by_reference(raw: bytes | None) -> dict[str, dict[str, object]]:
    """`Type/id` to resource; orders without an id cannot be updated and are left out."""
    if raw is None:
        return {}
    try:
        bundle: Json = obj(loads(raw))
    except StrictJSONError as error:
        raise BadRequestError(f"context.draftOrders is refused: {error}.") from None
    resources = (obj(entry.get("resource")) for entry in items(bundle.get("entry")))
    return {
        f"{kind}/{order_id}": dict(resource)
        for resource in resources
        if (kind := text(resource.get("resourceType"))) and (order_id := text(resource.get("id")))
    }
