"""Site files: what is refused with which words, what is listed, and that one file makes a new site."""

import json
import shutil
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from cds_service.cli import main
from clinical_rules.errors import KnowledgeError
from clinical_rules.knowledge import load_knowledge
from clinical_rules.knowledge.listing import listing

TODAY = date(2026, 11, 23)

EYE = """
id         = "site.eye"
type       = "site"
title      = "Cancer of the eye"
site       = "eye"
kind       = "primary"
"""
CODES = """
[[codes]]
system = "ICD-10-CM"
code   = "C69"
match  = "prefix"
region = "{region}"
source = "local code list"
"""
DRAINAGE = """
[[drainage]]
node_group         = "{group}"
regional           = "yes"
condition          = "all levels of the neck"
source             = "local staging table"
verified           = "no"
default_if_unclear = "regional"
"""
OPTION = """
[[options]]
id         = "{id}"
option     = "Review by the eye surgeons"
category   = "surgery"
grade      = "C"
state      = "ok"
patterns   = ["any"]
population = "made up for this test"
{more}
[[options.values]]
since        = 2026-11-01
last_checked = 2026-11-20
kind         = "project-decision"
reason       = "made up"
"""


def option(more: str = "", id_: str = "eye-surgery") -> str:
    return OPTION.format(id=id_, more=more)


def eye(*parts: str) -> str:
    return EYE + "".join(parts)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A hospital's own folder, still empty."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def problems(folder: Path, *texts: str) -> str:
    for place, text in enumerate(texts):
        (folder / f"eye{place or ''}.toml").write_text(text, "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder, today=TODAY)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('require = [{ fact = "colour" }]', "options[0].require[0] (option 'eye-surgery')"),
        ('require = [{ fact = "nodes", all = ["C77.0"] }]', "all (option 'eye-surgery')"),
        ('require = [{ fact = "nodes", any = ["C77.6"] }]', "nodes asks for 'C77.6'"),
        ('require = [{ fact = "lesions" }]', "at_most or at_least"),
        ('require = [{ fact = "lesions", at_most = 1, at_least = 2 }]', "at_most or at_least"),
        ('require = [{ fact = "organs" }]', "only, at_most or at_least"),
        ('require = [{ fact = "organs", only = ["shoe"] }]', "'shoe', which is no organ"),
        ('require = [{ fact = "biomarker", name = "EGFR" }]', "outcome, or for a score"),
        ('require = [{ fact = "biomarker", name = "PD-L1", score = "CPS" }]', "go together"),
        ('require = [{ fact = "biomarker", name = "EGRF", outcome = "positive" }]', "biomarker 'EGRF' is no item"),
        ('factors = [{ fact = "histology", any = ["squamus"] }]', "histology asks for 'squamus'"),
        ('avoid = [{ fact = "agent-given", any = ["platin"] }]', "agent-given asks for 'platin'"),
        ('avoid = [{ fact = "primary", any = ["eyes"] }]', "primary asks for 'eyes'"),
        ('avoid = [{ fact = "irradiated", unknown = "hide" }]', 'unknown = "hide" belongs to require'),
        ('factors = [{ fact = "irradiated", words = "so" }]', "only cautions have words"),
        ('cautions = [{ fact = "irradiated" }]', "each caution has words"),
        ('agents = ["cisplatinum"]', "agents names 'cisplatinum'"),
        ("colour = 1", "colour (option 'eye-surgery')"),
    ],
)
def test_what_an_option_may_not_say_is_refused_with_file_place_and_option(site, more, told):
    found = problems(site, eye(option(more)))
    assert found.startswith("site's eye.toml: ")
    assert told in found
    assert "eye-surgery" in found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('state      = "ok"', 'state      = "contested"', "dispute says in one sentence"),
        ('grade      = "C"', 'grade      = "D"', "ships_off = true"),
        ('patterns   = ["any"]', 'patterns   = ["any", "local"]', "stands alone or beside it"),
        ("last_checked = 2026-11-20", "last_checked = 2026-11-24", "option eye-surgery, values[0].last_checked"),
        ('id         = "site.eye"', 'id         = "site.eyes"', '"site." and the site'),
        ('kind       = "primary"', 'kind       = "any"', 'kind "any" and site "any" go together'),
        ('kind       = "primary"', 'kind       = "primary"\nbiomarkers = ["EGRF"]', "biomarkers names 'EGRF'"),
    ],
)
def test_what_a_site_file_may_not_say_is_refused(site, old, new, told):
    text = eye(option())
    assert old in text
    assert told in problems(site, text.replace(old, new))


def test_a_file_that_is_no_list_of_options_is_refused_without_an_option_named(site):
    assert "options" in problems(site, eye("options = 3\n"))
    assert "options[0]" in problems(site, eye("options = [3]\n"))


def test_an_option_stands_once_in_all_files(site):
    assert "option 'nasopharyngectomy' is that of" in problems(site, eye(option(id_="nasopharyngectomy")))


def test_codes_do_not_belong_to_the_file_for_every_site(site):
    text = eye(CODES.format(region="orbit")).replace("eye", "any").replace('"primary"', '"any"')
    assert "codes and drainage belong to a site" in problems(site, text)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (CODES.format(region="eyeball"), "codes[0]: region is 'eyeball', which is no region"),
        (CODES.format(region="orbit").replace("C69", "C20"), "ICD-10-CM C20 is in the anatomy tables already"),
        (CODES.format(region="orbit") * 2, "ICD-10-CM C69 is in site's eye.toml already"),
        (DRAINAGE.format(group="C77.6"), "drainage[0]: node_group is 'C77.6'"),
        (DRAINAGE.format(group="C77.0") * 2, "eye C77.0 is in site's eye.toml already"),
    ],
)
def test_rows_of_a_site_file_are_checked_as_those_of_the_tables(site, part, told):
    assert told in problems(site, eye(part))


def test_a_family_of_histology_holds_morphologies(site):
    with as_file(files("clinical_rules.knowledge")) as source:
        text = (source / "families" / "histology.toml").read_text("utf-8")
    broken = text.replace('["8071"]', '["8071-8070", "81x"]')
    assert broken != text
    found = problems(site, broken)
    assert "keratinising holds '8071-8070'" in found
    assert "keratinising holds '81x'" in found


def test_every_option_is_listed_with_what_a_reader_must_know(site):
    (site / "eye.toml").write_text(eye(option('ships_off = true\ndispute = "sources differ"')), "utf-8")
    row = next(row for row in listing(load_knowledge(site, today=TODAY)) if row["id"] == "salvage.eye-surgery")
    assert row["type"] == "option"
    assert row["value"] == "surgery; grade C; state ok; ships off; disputed: sources differ"
    assert row["applies"] == "eye, any; made up for this test"
    assert row["sources"][0]["label"] == "rert-cds, project decision"


def test_options_and_families_can_be_shown(capsys):
    assert main(["knowledge", "show", "salvage.nasopharyngectomy"]) == 0
    assert "surgery; grade A" in capsys.readouterr().out
    assert main(["knowledge", "show", "families.drug-class"]) == 0
    assert "trk-inhibitor: larotrectinib" in capsys.readouterr().out


def test_one_file_makes_a_new_site_from_code_to_card(site, tmp_path, monkeypatch, capsys):
    parts = (CODES.format(region="orbit"), DRAINAGE.format(group="C77.0"), option())
    (site / "eye.toml").write_text(eye(*parts), "utf-8")
    monkeypatch.setenv("RERT_CDS_KNOWLEDGE_DIR", str(site))
    nodes = {"code": "C77.0", "onset": "2025-06-01"}
    bundle = _bundle([{"code": "C69", "onset": "2020-01-10"}, nodes])
    chart = tmp_path / "chart.json"
    chart.write_text(json.dumps(bundle), "utf-8")
    assert main(["assess", str(chart), "--on", "2026-11-20", "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)["cards"]
    found = {each["rule"]: each for each in cards[0]["extension"]["org.rert-cds.findings"]}
    assert found["recurrence.pattern"]["values"]["site"] == "eye"
    assert found["recurrence.pattern"]["values"]["pattern"] == "regional"
    assert found["salvage.eye-surgery"]["values"] == {"option": "eye-surgery", "category": "surgery", "grade": "C"}
    assert "Review by the eye surgeons" in cards[0]["detail"]


def test_without_its_file_the_site_is_another_and_has_no_such_option(tmp_path, capsys):
    chart = tmp_path / "chart.json"
    chart.write_text(
        json.dumps(_bundle([{"code": "C69", "onset": "2020-01-10"}, {"code": "C77.0", "onset": "2025-06-01"}]))
    )
    assert main(["assess", str(chart), "--on", "2026-11-20", "--json"]) == 0
    assert "eye-surgery" not in capsys.readouterr().out


ICD = "http://hl7.org/fhir/sid/icd-10-cm"
ACTIVE = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}


def _bundle(conditions: list[dict[str, str]]) -> dict[str, object]:
    entries: list[dict[str, object]] = [{"resourceType": "Patient", "id": "1", "birthDate": "1960-01-01"}]
    for place, given in enumerate(conditions):
        entries.append({
            "resourceType": "Condition", "id": f"c{place}", "subject": {"reference": "Patient/1"},
            "clinicalStatus": {"coding": [ACTIVE]},
            "code": {"coding": [{"system": ICD, "code": given["code"]}]}, "onsetDateTime": given["onset"],
        })  # fmt: skip
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in entries]}


def test_a_copy_of_the_packaged_knowledge_without_families_still_lists_its_options(tmp_path):
    with as_file(files("clinical_rules.knowledge")) as source:
        ignored = shutil.ignore_patterns("*.py", "__pycache__", "families")
        packaged = shutil.copytree(source, tmp_path / "packaged", ignore=ignored)
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(packaged=packaged, today=TODAY)
    assert "no class of families/drug-class.toml" in str(caught.value)


def test_the_example_in_the_documentation_is_a_file_that_loads(site):
    page = (Path(__file__).parents[2] / "docs" / "adding-a-tumour-site.md").read_text("utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    (site / "eye.toml").write_text(example, "utf-8")
    loaded = load_knowledge(site, today=TODAY)
    assert "eye-surgery" in {held.option.id for held in loaded.on(TODAY).options}
