"""Reads knowledge files: TOML -> checked entry, with every problem named by file, place and what would be right."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable

from pydantic import TypeAdapter, ValidationError

from clinical_rules.knowledge.schema import CodeList, DatedValue, Families, KnowledgeEntry, SiteFile

_ENTRY: TypeAdapter[KnowledgeEntry] = TypeAdapter(KnowledgeEntry)
_INPUT_SHOWN = 60  # characters of a wrong value that an error repeats


@dataclass(frozen=True, slots=True)
class EntryFile:
    """One file and the entry it holds."""

    name: str
    entry: KnowledgeEntry


@dataclass(frozen=True, slots=True)
class EntryReader:
    """Reads files one by one; `today` is the day no `last_checked` may lie beyond."""

    today: date
    problems: list[str] = field(default_factory=list)

    def read(self, file: Traversable, name: str) -> Iterator[EntryFile]:
        """The entry of a file; nothing, and its problems noted, where it cannot be used."""
        content: Mapping[str, object] = {}
        try:
            content = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
            entry = _ENTRY.validate_python(content)
        except ValidationError as error:
            self.problems.extend(f"{name}: {told}" for told in _told(error, content))
        except (OSError, ValueError) as error:
            self.problems.append(f"{name}: {error}")
        else:
            for place, values in values_of(entry):
                found = dated_problems(values, self.today)
                self.problems.extend(f"{name}: {place}{problem}" for problem in found)
            yield EntryFile(name, entry)


def values_of(entry: KnowledgeEntry) -> Iterator[tuple[str, tuple[DatedValue, ...]]]:
    """The dated values of an entry, each group with its place; lists of codes and families have none."""
    if isinstance(entry, SiteFile):
        yield from ((f"option {option.id}, ", option.values) for option in entry.options)
    elif not isinstance(entry, CodeList | Families):
        yield "", entry.values


def dated_problems(values: tuple[DatedValue, ...], today: date) -> Iterator[str]:
    """What is wrong with the dates of an entry's values."""
    for index, value in enumerate(values):
        if value.last_checked > today:
            yield f"values[{index}].last_checked is {value.last_checked}, which lies in the future"
        if value.since in [earlier.since for earlier in values[:index]]:
            yield f"values[{index}].since is {value.since}, as that of an earlier value; each has its own day"


def _told(error: ValidationError, content: Mapping[str, object]) -> Iterator[str]:
    problems = error.errors(include_url=False)
    for problem in problems:
        if any(_within(other["loc"], problem["loc"]) for other in problems):
            continue  # pydantic calls a list empty whose entries it has just refused
        place = _place(problem["loc"]) + _option(problem["loc"], content)
        value = problem["input"]
        shown = "" if isinstance(value, Mapping | list | tuple) else f" is {str(value)[:_INPUT_SHOWN]!r};"
        yield f"{place}{shown or ':'} {problem['msg']}. See docs/changing-a-threshold.md"


def _within(inner: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _option(location: tuple[int | str, ...], content: Mapping[str, object]) -> str:
    """Of which option of a site file a problem speaks, if it has a name."""
    options = content.get("options")
    match location:
        case (_, "options", int(index), *_) if isinstance(options, list) and isinstance(options[index], Mapping):
            return f" (option {str(options[index].get('id'))[:_INPUT_SHOWN]!r})"
    return ""


def _place(location: tuple[int | str, ...]) -> str:
    """Where in the file: `values[1].limit_gy`; the first part of the location is the type and is left out."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location[1:])
    return "".join(parts).removeprefix(".") or "the file"
