"""Runs the case files: given facts, expected findings. Their names are the sentences that must hold."""

import importlib.util
import random
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import pytest

from clinical_rules.facts import PatientFacts
from clinical_rules.findings import Assessment, Finding
from clinical_rules.knowledge import load_knowledge
from clinical_rules.picture import RuleSettings

CASES = Path(__file__).parent / "cases"
CASE_KEYS = {"name", "hook", "on", "given", "settings", "expect", "absent", "quiet", "proves", "items"}
EXPECT_KEYS = {"rule", "status", "urgency", "topic", "values", "without", "evidence", "words"}
TOLERANCE = Decimal("0.005")


def _helper(name: str) -> ModuleType:
    """A module beside this file; pytest's importlib mode puts no test folder on the path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


case_facts = _helper("case_facts")
KNOWLEDGE = load_knowledge()


def cases() -> Iterable[object]:
    for path in sorted(CASES.rglob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = content.get("case", [content])
        assert "case" not in content or len(content) == 1, f"{path}: either one case or [[case]] tables"
        for case in tables:
            yield pytest.param(case, id=f"{path.parent.name}/{path.stem}: {case.get('name')}")


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: Mapping[str, object]) -> None:
    _check_words(case)
    facts = case_facts.facts_of(case.get("given", {}))
    assessment = _assess(facts, case)
    for unmet in _unmet(case, assessment):
        pytest.fail(_report(unmet, assessment))
    for other in _shuffled(facts, str(case["name"])):
        assert _assess(other, case) == assessment, "the order of the records changes the advice"
    for rule in case.get("proves", []):
        without = _assess(facts, case, disabled=(rule,))
        assert any(_unmet(case, without)), f"the case holds without {rule} too: it does not prove the rule"


def _check_words(case: Mapping[str, object]) -> None:
    """A case says what it gives and expects, and nothing that no one reads."""
    _refuse_unknown(case, CASE_KEYS, "case")
    assert {"name", "hook", "on"} <= set(case), "a case has a name, a hook and a day"
    assert case.get("expect") or case.get("absent") or case.get("quiet"), "a case expects something"
    for expected in case.get("expect", []):
        _refuse_unknown(expected, EXPECT_KEYS, "expect")
    for absent in case.get("absent", []):
        _refuse_unknown(absent, {"rule"}, "absent")
    assert all(isinstance(item, int) and item > 0 for item in case.get("items", [])), "items are numbers from 1 on"


def _unmet(case: Mapping[str, object], assessment: Assessment) -> Iterable[object]:
    """What the case expects and the assessment does not hold."""
    for expected in case.get("expect", []):
        if not any(_matches(finding, expected) for finding in assessment.findings):
            yield expected
    for absent in case.get("absent", []):
        if any(fnmatchcase(finding.rule, absent["rule"]) for finding in assessment.findings):
            yield absent
    if case.get("quiet") and any(finding.urgency is not None for finding in assessment.findings):
        yield "no card"


def _assess(facts: PatientFacts, case: Mapping[str, object], disabled: tuple[str, ...] = ()) -> Assessment:
    from clinical_rules.assess import assess

    on = case["on"]
    assert isinstance(on, date)
    settings = RuleSettings(**{key: _tuples(value) for key, value in case.get("settings", {}).items()})
    settings = replace(settings, disabled_rules=(*settings.disabled_rules, *disabled))
    return assess(facts, hook=case["hook"], knowledge=KNOWLEDGE.on(on), on=on, settings=settings)


def _tuples(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _shuffled(facts: PatientFacts, seed: str) -> Iterable[PatientFacts]:
    """The same facts with every list reversed, and with every list in some other order."""
    lists = {
        field.name: value
        for field in fields(facts)
        if isinstance(value := getattr(facts, field.name), tuple) and len(value) > 1
    }
    order = random.Random(seed)  # noqa: S311 - a seeded order of records, no secret
    yield replace(facts, **{name: value[::-1] for name, value in lists.items()})
    yield replace(facts, **{name: tuple(order.sample(value, len(value))) for name, value in lists.items()})


def _matches(finding: Finding, expected: Mapping[str, object]) -> bool:
    urgency = "none" if finding.urgency is None else finding.urgency.indicator
    stated = {"rule": finding.rule, "status": finding.status, "topic": finding.topic, "urgency": urgency}
    if any(stated[key] != expected[key] for key in stated if key in expected):
        return False
    if any(name in finding.values for name in expected.get("without", [])):
        return False
    if "evidence" in expected and list(finding.evidence) != expected["evidence"]:
        return False
    return _same(expected.get("values", {}), finding.values) and _same(expected.get("words", {}), finding.words)


def _same(expected: object, found: object) -> bool:
    """Equal as far as the case says: listed members of tables, all entries of lists, numbers to 0.005."""
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(key in found and _same(expected[key], found[key]) for key in expected)
    if isinstance(expected, list):
        if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != len(expected):
            return False
        return all(_same(one, other) for one, other in zip(expected, found, strict=True))
    if isinstance(expected, bool) or isinstance(found, bool) or isinstance(expected, str) or isinstance(found, str):
        return expected == found and type(expected) is type(found)
    return abs(Decimal(str(expected)) - Decimal(str(found))) <= TOLERANCE


def _refuse_unknown(table: Mapping[str, object], known: set[str], where: str) -> None:
    assert not set(table) - known, f"{where}: unknown key {', '.join(sorted(set(table) - known))}"


def _report(expected: object, assessment: Assessment) -> str:
    lines = [f"expected {expected}; found:"]
    lines += [f"  {f.rule} {f.status} {f.urgency!r} {dict(f.values)} {f.words}" for f in assessment.findings]
    return "\n".join(lines)
