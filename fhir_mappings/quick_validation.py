"""A quick yes to resources that are plainly valid; whatever it does not know is left to the full validation.

The shapes are made once from the library's own models: which elements a type has, which of them are lists, required or
a choice. Each check is at least as narrow as the library's, so a yes here is a yes there; a no here means nothing.
Most resources are plain, and their full validation would cost more than everything else that is done with them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

Check = Callable[[object], bool]

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch
_CODE = re.compile(r"[!-~]+(?: [!-~]+)*").fullmatch
_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}").fullmatch
_TIME = re.compile(
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])"
).fullmatch
_LONGEST_INT = 2**31 - 1


def _is_string(value: object) -> bool:
    return type(value) is str and value != "" and not value.isspace()


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_code(value: object) -> bool:
    return type(value) is str and _CODE(value) is not None


def _is_id(value: object) -> bool:
    return type(value) is str and _ID(value) is not None


def _is_bool(value: object) -> bool:
    return type(value) is bool


def _is_decimal(value: object) -> bool:
    return type(value) is int or (type(value) is Decimal and value.is_finite())


def _is_day(value: object) -> bool:
    if type(value) is not str or _DAY(value) is None or value[1:4] == "000":
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_instant(value: object) -> bool:
    return type(value) is str and _TIME(value[10:]) is not None and _is_day(value[:10])


def _is_date_time(value: object) -> bool:
    return _is_day(value) or _is_instant(value)


def _from(lowest: int) -> Check:
    return lambda value: type(value) is int and lowest <= value <= _LONGEST_INT


_PRIMITIVES: dict[str, Check] = {
    "String": _is_string, "Markdown": _is_text, "Xhtml": _is_text, "Uri": _is_text, "Canonical": _is_text,
    "Code": _is_code, "Id": _is_id, "Decimal": _is_decimal, "Date": _is_day, "DateTime": _is_date_time,
    "Instant": _is_instant, "Integer": _from(-_LONGEST_INT), "UnsignedInt": _from(0), "PositiveInt": _from(1),
}  # fmt: skip
"""By the name of the library's type; one that is not here is never plain."""


def _of_list(check: Check) -> Check:
    return lambda value: type(value) is list and value != [] and all(map(check, value))


class Shape:
    """What a resource or element may hold."""

    __slots__ = ("_choice_of", "_choices", "_elements", "_required")

    def __init__(self) -> None:
        self._elements: dict[str, Check] = {}
        self._choice_of: dict[str, str] = {}
        self._required: frozenset[str] = frozenset()
        self._choices: frozenset[str] = frozenset()

    def fill(self, model: Any, shapes: dict[Any, "Shape"]) -> None:
        """Takes the elements over from a model of the library; `shapes` grows by those of its parts."""
        fields: dict[str, Any] = model.model_fields
        for known in fields.values():
            check, is_list = _check(known.annotation, shapes)
            if check is not None and not known.metadata:
                self._elements[known.alias] = _of_list(check) if is_list else check
        self._choice_of = {fields[name].alias: choice for choice, names in _choices(model) for name in names}
        stated = {alias for alias, _ in model.get_required_fields(model)}
        self._required = frozenset(stated | {known.alias for known in fields.values() if known.is_required()})
        self._choices = frozenset(
            choice for choice, names in _choices(model) if fields[names[0]].json_schema_extra["one_of_many_required"]
        )

    def allow(self, name: str) -> None:
        """Lets an element stand there, whatever it holds."""
        self._elements[name] = lambda _: True

    def is_plainly_valid(self, value: object) -> bool:
        """Whether the library would certainly accept the value."""
        if type(value) is not dict:
            return False
        elements = self._elements
        for name, part in value.items():
            if name not in elements or not elements[name](part):
                return False
        if self._required and not value.keys() >= self._required:
            return False
        return not self._choice_of or self._chooses(value)

    def _chooses(self, value: Mapping[str, object]) -> bool:
        """Whether each choice is made once at most, and those that must be are."""
        made = [self._choice_of[name] for name in value if name in self._choice_of]
        return len(set(made)) == len(made) and self._choices.issubset(made)


def shape_of(model: Any, shapes: dict[Any, Shape]) -> Shape:
    """The shape of a model, made once and kept in `shapes`."""
    if model not in shapes:
        shapes[model] = Shape()
        shapes[model].fill(model, shapes)
    return shapes[model]


def _choices(model: Any) -> Iterator[tuple[str, list[str]]]:
    yield from model.get_one_of_many_fields(model).items()


def _check(annotation: Any, shapes: dict[Any, Shape]) -> tuple[Check | None, bool]:
    """The check of an element's type, and whether it is a list; no check where it is never plain."""
    is_list = False
    while get_origin(annotation) in (Union, UnionType, list):
        is_list = is_list or get_origin(annotation) is list
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        if len(kinds) != 1:
            return None, is_list
        annotation = kinds[0]
    if get_origin(annotation) is Annotated:
        _, *constraints = get_args(annotation)
        return (_PRIMITIVES.get(type(constraints[0]).__name__) if len(constraints) == 1 else None), is_list
    if annotation is bool:
        return _is_bool, is_list
    part = annotation.get_model_klass() if hasattr(annotation, "get_model_klass") else None
    is_plain = part is not None and part.__name__ not in _NOT_PLAIN
    return (shape_of(part, shapes).is_plainly_valid if is_plain else None), is_list


_NOT_PLAIN = frozenset({"Resource", "FHIRPrimitiveExtension"})
"""Models that stand for others, or have rules of their own."""
