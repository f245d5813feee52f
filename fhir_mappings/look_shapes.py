"""What the first look types of a prefetch value, and nothing more: msgspec skips every other element."""

from msgspec import Raw, Struct

_ABSENT = Raw(b"")


class Reference(Struct, gc=False):
    """A Reference."""

    reference: str | None = None


class NamedReference(Struct, gc=False):
    """A Reference whose words may tell what it leads to."""

    reference: str | None = None
    display: str | None = None


class Url(Struct, gc=False):
    """An Extension, of which only the kind is looked at."""

    url: str | None = None


class Meta(Struct, gc=False):
    """The profiles a resource claims."""

    profile: list[str] | None = None


class Contained(Struct, gc=False):
    """A contained resource: a medication may stand there."""

    code: Raw = _ABSENT


class Look(Struct, gc=False, rename="camel"):
    """What the first look knows of a resource; concepts are left raw, for they repeat (`fhir_mappings.concepts`)."""

    resource_type: str | None = None
    id: str | None = None
    meta: Meta | None = None
    extension: list[Url] | None = None
    clinical_status: Raw = _ABSENT
    status_reason: Raw = _ABSENT
    effective_date_time: str | None = None
    category: Raw = _ABSENT
    code: Raw = _ABSENT
    medication_codeable_concept: Raw = _ABSENT
    medication_reference: NamedReference | None = None
    medication: Raw = _ABSENT  # no element of R4: R5 names a drug there
    contained: list[Contained] | None = None
    subject: Reference | None = None
    patient: Reference | None = None


class Link(Struct, gc=False):
    """A link of a Bundle, by its relation, or of a Patient, by its type."""

    relation: str | None = None
    type: str | None = None


class Search(Struct, gc=False):
    """Why an entry is in a search result."""

    mode: str | None = None


class Entry(Struct, gc=False):
    """An entry of a Bundle."""

    resource: Look | None = None
    search: Search | None = None


class Value(Look, gc=False, rename="camel"):
    """A prefetch value: a Bundle, or the resource itself; the elements left raw are those of a Patient."""

    birth_date: Raw = _ABSENT
    deceased_boolean: Raw = _ABSENT
    deceased_date_time: Raw = _ABSENT
    gender: Raw = _ABSENT
    total: int | None = None
    link: list[Link] | None = None
    entry: list[Entry] | None = None


class RawEntry(Struct, gc=False, rename="camel"):
    """An entry of a Bundle with the bytes of its resource."""

    resource: Raw = _ABSENT
    full_url: str | None = None


class RawBundle(Struct, gc=False, rename="camel"):
    """A Bundle whose entries stay bytes."""

    resource_type: str | None = None
    entry: list[Raw] | None = None


class Kind(Struct, gc=False, rename="camel"):
    """What a resource is, when nothing else of it can be typed."""

    resource_type: str | None = None
    id: str | None = None
