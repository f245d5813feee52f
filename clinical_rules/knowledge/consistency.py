"""What files may not say together: an id twice, numbers that cannot be, a file of a site that does not fit ours."""

from collections.abc import Hashable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from clinical_rules.knowledge.files import EntryFile
from clinical_rules.knowledge.schema import CodeList, DoseLimit, KnowledgeEntry, Parameter, ParameterValue


def conflicts(ours: Sequence[EntryFile], site: Sequence[EntryFile]) -> Iterator[str]:
    """Every problem between the files, ours first."""
    for folder in (ours, site):
        yield from _twice(folder)
        for file in folder:
            if isinstance(file.entry, Parameter):
                yield from _numbers(file.name, file.entry)
            elif isinstance(file.entry, CodeList):
                yield from _texts(file.name, file.entry)
    by_id = {file.entry.id: file.entry for file in ours}
    for file in site:
        yield from _misfits(file, by_id.get(file.entry.id))


def _twice(folder: Sequence[EntryFile]) -> Iterator[str]:
    seen: dict[Hashable, str] = {}
    for file in folder:
        key = _key(file.entry)
        if key in seen:
            yield f"{file.name}: id {file.entry.id!r} is that of {seen[key]}, for the same situation; each stands once"
        seen.setdefault(key, file.name)


def _key(entry: KnowledgeEntry) -> Hashable:
    """Several limits may share an id, if they are for different situations."""
    if isinstance(entry, DoseLimit):
        return entry.id, entry.earlier_courses, entry.new_fractions_min, entry.interval_from_months, entry.regions
    return entry.id


def _numbers(name: str, parameter: Parameter) -> Iterator[str]:
    for index, value in enumerate(parameter.values):
        numbers = as_tuple(value)
        if any(number < 0 for number in numbers):
            yield f"{name}: values[{index}].value is below 0; a window, band or bound is 0 or more"
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            yield f"{name}: values[{index}].value does not rise; the numbers of a list stand in rising order"


def _texts(name: str, listed: CodeList) -> Iterator[str]:
    for text in listed.texts:
        if text != " ".join(text.lower().split()):
            yield f"{name}: the text {text!r} would never match; texts are in lower case with single blanks"


def _misfits(file: EntryFile, our: KnowledgeEntry | None) -> Iterator[str]:
    """A site's file has our entry's type, unit and number of values; a new parameter would be used by no rule."""
    entry = file.entry
    if our is None:
        if isinstance(entry, Parameter):
            yield f"{file.name}: no rule uses a parameter {entry.id!r}; `rert-cds knowledge list` shows those there are"
        return
    if entry.type != our.type:
        yield f"{file.name}: type is {entry.type!r}; our {entry.id!r}, which it replaces, is a {our.type!r}"
    elif isinstance(entry, Parameter) and isinstance(our, Parameter):
        if entry.unit != our.unit:
            yield f"{file.name}: unit is {entry.unit!r}; the rules read {entry.id!r} in {our.unit!r}"
        if {len(as_tuple(value)) for value in entry.values} != {len(as_tuple(value)) for value in our.values}:
            yield f"{file.name}: value has another number of entries than ours; the rules read as many"


def as_tuple(value: ParameterValue) -> tuple[Decimal, ...]:
    """The numbers of a value, one or several."""
    return value.value if isinstance(value.value, tuple) else (value.value,)
