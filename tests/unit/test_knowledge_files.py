import shutil
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from clinical_rules.errors import KnowledgeError
from clinical_rules.facts import BodySite
from clinical_rules.knowledge import load_knowledge
from clinical_rules.knowledge.listing import listing

TODAY = date(2026, 11, 23)
NEAR = "dose.near-fraction"

PARAMETER = """
id      = "{id}"
type    = "parameter"
title   = "A number of this hospital"
unit    = "{unit}"
applies = "adults"
"""
VALUE = """
[[values]]
since        = {since}
last_checked = {last_checked}
value        = {value}
"""
REASON = 'kind = "project-decision"\nreason = "local protocol"\n'
CITATION = """
  [[values.citations]]
  title = "Protocol of the General Hospital, 2026"
  label = "General Hospital protocol"
  where = "page 3"
  flag  = "Y1"
  primary_opened = true
"""


def value(number="0.8", since="2026-11-01", last_checked="2026-11-20", basis=CITATION) -> str:
    return VALUE.format(value=number, since=since, last_checked=last_checked) + basis


def parameter(*values: str, id_=NEAR, unit="1") -> str:
    return PARAMETER.format(id=id_, unit=unit) + "".join(values)


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    """A copy of the packaged knowledge that a test may break."""
    with as_file(files("clinical_rules.knowledge")) as source:
        return shutil.copytree(source, tmp_path / "packaged", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A hospital's own folder, still empty."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def problems(**arguments) -> tuple[str, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(today=TODAY, **arguments)
    return caught.value.problems


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_copy_of_the_packaged_files_is_the_packaged_knowledge(packaged):
    (packaged / "codes" / "README.md").write_text("not knowledge")
    assert listing(load_knowledge(packaged=packaged, today=TODAY)) == listing(load_knowledge(today=TODAY))


def test_a_site_file_replaces_ours_by_id_and_changes_the_version(site):
    (site / "ours.toml").write_text(parameter(value("0.8")))
    knowledge = load_knowledge(site, today=TODAY)
    on = knowledge.on(TODAY)
    assert str(on.number(NEAR)) == "0.8"
    assert [source.label for source in on.sources(NEAR)] == ["General Hospital protocol"]
    assert len(knowledge.parameters) == len(load_knowledge(today=TODAY).parameters)
    before, mark, four = knowledge.version.partition("+site.")
    assert (before, mark, len(four)) == ("2026.11.1", "+site.", 4)


def test_the_version_follows_the_content_and_the_names_of_the_site_files(site):
    versions = set()
    for name, number in (("a.toml", "0.8"), ("a.toml", "0.85"), ("b.toml", "0.85")):
        for old in site.iterdir():
            old.unlink()
        (site / name).write_text(parameter(value(number)))
        versions.add(load_knowledge(site, today=TODAY).version)
        assert load_knowledge(site, today=TODAY).version in versions
    assert len(versions) == 3


def test_a_site_limit_replaces_all_of_ours_with_its_id(site, packaged):
    (site / "cord").mkdir()
    text = (packaged / "reirradiation" / "spinal_cord_several_courses.toml").read_text("utf-8")
    (site / "cord" / "cord.toml").write_text(text.replace('earlier_courses = "several"', 'earlier_courses = "any"'))
    limits = load_knowledge(site, today=TODAY).on(TODAY).limits("SpinalCord")
    assert len(limits) == 1


def test_a_site_may_add_a_limit_for_a_structure_of_its_own(site):
    (site / "heart.toml").write_text(
        'id = "reirradiation.heart.cumulative-eqd2"\ntype = "dose-limit"\ntitle = "Heart"\nstructure = "Heart"\n'
        'unit = "Gy"\napplies = "adults"\nbasis_word = "published value"\n'
        "[[values]]\nsince = 2026-11-01\nlast_checked = 2026-11-20\nlimit_gy = 70\nalpha_beta_gy = 3\n"
        'metric = "Dmax"\nagreement = "local protocol"\n' + CITATION
    )
    assert [held.value.limit_gy for held in load_knowledge(site, today=TODAY).on(TODAY).limits("Heart")] == [70]


def test_a_site_may_set_the_steps_between_vertebrae(site):
    (site / "steps.toml").write_text(parameter(value("5"), id_="anatomy.adjacent-level-steps", unit="vertebrae"))
    anatomy = load_knowledge(site, today=TODAY).on(TODAY).anatomy
    one, other = (BodySite("spine-thoracic", name, subsite=name) for name in ("T1", "T6"))
    assert anatomy.relation(one, other) == "adjacent"


def test_the_value_in_force_is_the_last_that_had_begun(site):
    later, first = value("0.7", since="2027-02-01"), value("0.8", since="2026-06-01")
    (site / "near.toml").write_text(parameter(later, first))
    knowledge = load_knowledge(site, today=TODAY)
    for day, number in (
        (date(2020, 1, 1), "0.8"), (date(2026, 6, 1), "0.8"), (date(2027, 1, 31), "0.8"),
        (date(2027, 2, 1), "0.7"), (date(2030, 1, 1), "0.7"),
    ):  # fmt: skip
        assert str(knowledge.on(day).number(NEAR)) == number
    assert [row["since"] for row in listing(knowledge) if row["id"] == NEAR] == ["2026-06-01", "2027-02-01"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (parameter(value(basis="")), "at least one citation"),
        (parameter(value(basis='kind = "project-decision"\n')), "needs a reason"),
        (parameter(value(last_checked="2026-11-24")), "values[0].last_checked is 2026-11-24, which lies in the future"),
        (parameter(value(), value("0.7")), "values[1].since is 2026-11-01, as that of an earlier value"),
        (parameter(value("-1")), "values[0].value is below 0"),
        (parameter(value("nan")), "values[0].value"),
        (parameter(value('"many"')), "is 'many'"),
        (parameter(), "values"),
        (parameter(value("[1, 2]")), "another number of entries than ours"),
        (parameter(value(), unit="Gy"), "unit is 'Gy'; the rules read 'dose.near-fraction' in '1'"),
        (parameter(value(), id_="no.such-parameter"), "no rule uses a parameter 'no.such-parameter'"),
        (parameter(value()) + "colour = 'red'\n", "colour"),
        (parameter(value()).replace('"parameter"', '"dose-limit"'), "near.toml"),
        (parameter(value()).replace('"parameter"', '"guess"'), "'guess'"),
        ("id = \n", "line 1"),
        (parameter(value()) + 'type = "x"\ntype = "y"\n', "overwrite"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_name(site, text, told):
    (site / "near.toml").write_text(text)
    found = problems(site_folder=site)
    assert all(problem.startswith("site's near.toml: ") for problem in found)
    assert any(told in problem for problem in found), found


def test_a_list_of_numbers_must_rise(site):
    (site / "bands.toml").write_text(parameter(value("[3, 12, 6]"), id_="interval.bands-months", unit="months"))
    assert any("does not rise" in problem for problem in problems(site_folder=site))
    (site / "bands.toml").write_text(parameter(value("[3, 6, 6]"), id_="interval.bands-months", unit="months"))
    assert any("does not rise" in problem for problem in problems(site_folder=site))


def test_a_limit_of_zero_is_refused_with_its_place(packaged):
    edit(packaged / "reirradiation" / "brainstem.toml", "limit_gy      = 100", "limit_gy      = 0")
    (problem,) = problems(packaged=packaged)
    assert problem.startswith("reirradiation/brainstem.toml: values[0].limit_gy is '0'; ")


def test_a_file_of_another_type_does_not_replace_ours(site):
    code = '{ system = "s", code = "c", item = "i" }'
    (site / "near.toml").write_text(
        f'id = "{NEAR}"\ntype = "code-list"\ntitle = "t"\nrole = "r"\nresource = "Condition"\nsource = "s"\n'
        f"codes = [{code}]\n"
    )
    assert any("type is 'code-list'" in problem for problem in problems(site_folder=site))


def test_a_text_that_could_never_match_is_refused(packaged):
    edit(packaged / "codes" / "biopsy.toml", '"core biopsy"', '"Core biopsy"')
    assert problems(packaged=packaged) == (
        "codes/biopsy.toml: the text 'Core biopsy' would never match; texts are in lower case with single blanks",
    )


def test_two_files_with_one_id_are_refused(site):
    (site / "a.toml").write_text(parameter(value()))
    (site / "b.toml").write_text(parameter(value()))
    assert any("is that of site's a.toml" in problem for problem in problems(site_folder=site))


def test_a_site_folder_without_files_is_refused(site, tmp_path):
    assert "no folder with .toml files" in problems(site_folder=site)[0]
    assert "no folder with .toml files" in problems(site_folder=tmp_path / "nowhere")[0]


def test_a_file_that_is_not_text_is_refused(site):
    (site / "near.toml").write_bytes(b"\xff\xfe\x00")
    assert problems(site_folder=site)[0].startswith("site's near.toml: ")


def test_the_day_of_a_check_may_be_today_anywhere_on_earth(site):
    (site / "near.toml").write_text(parameter(value(last_checked="9999-01-01")))
    with pytest.raises(KnowledgeError, match="future"):
        load_knowledge(site)


def test_a_broken_folder_lists_all_its_problems_at_once(packaged, site):
    edit(packaged / "parameters" / "adult.min-age-years.toml", "value        = 18", 'value        = "eighteen"')
    edit(packaged / "codes" / "hospice.toml", "\nsource", "\nsauce")
    edit(packaged / "anatomy" / "regions.csv", "brain,site,", "brain,place,")
    edit(packaged / "anatomy" / "groups.toml", "spine =", "spline =")
    (site / "near.toml").write_text(parameter(value("-1")))
    found = problems(packaged=packaged, site_folder=site)
    for start in (
        "parameters/adult.min-age-years.toml: values[0].value", "codes/hospice.toml: source",
        "codes/hospice.toml: sauce",
        "anatomy/regions.csv, line 2: kind is 'place'", "anatomy/groups.toml: ", "site's near.toml: ",
    ):  # fmt: skip
        assert any(problem.startswith(start) for problem in found), (start, found[:10])


@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        ("regions.csv", "orbit,site,", ",site,", "line 5: region is empty"),
        ("regions.csv", "chest-wall thorax-mediastinum", "chest-wall thorax-nowhere", "member 'thorax-nowhere'"),
        ("regions.csv", ",yes,in-region,adjacent", ",maybe,in-region,adjacent", "paired is 'maybe'"),
        ("sites.csv", ",brain,brain,", ",brian,brain,", "line 2: parent_region is 'brian', which is no region"),
        ("sites.csv", "15926001,", "12738006,", "line 3: an earlier line already speaks of this"),
        ("icd10_sites.csv", "ICD-10-CM,C01,", "ICD-11,C01,", "line 3: system is 'ICD-11'"),
        ("region_neighbours.csv", "base,adjacent", "base,nearby", "line 2: relation is 'nearby'"),
        ("region_neighbours.csv", "brain,skull-vault,", "skull-base,brain,", "line 3: an earlier line already"),
        ("region_neighbours.csv", "brain,orbit,", "brain,brain,", "line 4: region_a and region_b are the same"),
        ("region_neighbours.csv", "brain,orbit,", "brain,orbital,", "line 4: region_b is 'orbital'"),
        ("region_structures.csv", ",T1-T12\n", ",T1-T14\n", "levels is 'T1-T14'"),
        ("nodal_drainage.csv", "nasopharynx,C77.0,yes", "nasopharynx,C78.0,yes", "line 2: node_group is 'C78.0'"),
        ("nodal_drainage.csv", "primary_site,", "site,", "the columns are site,"),
        ("groups.toml", '"C1-L2"', '"C1-L9"', "substitutes.ThecalSac: 'C1-L9'"),
    ],
)  # fmt: skip
def test_a_wrong_row_of_a_table_is_named_by_file_and_line(packaged, table, old, new, told):
    edit(packaged / "anatomy" / table, old, new)
    found = problems(packaged=packaged)
    assert any(problem.startswith(f"anatomy/{table}") and told in problem for problem in found), found[:5]


def test_a_row_with_too_few_cells_is_named(packaged):
    file = packaged / "anatomy" / "regions.csv"
    file.write_text(file.read_text("utf-8") + "half,site\n", "utf-8")
    assert problems(packaged=packaged) == ("anatomy/regions.csv, line 66: 2 cells; expected 7",)


def test_a_missing_or_broken_table_is_named(packaged):
    (packaged / "anatomy" / "nodal_drainage.csv").unlink()
    (packaged / "anatomy" / "region_structures.csv").write_text('"open')
    found = problems(packaged=packaged)
    assert [problem.split(":")[0] for problem in found] == [
        "anatomy/region_structures.csv",
        "anatomy/nodal_drainage.csv",
    ]


def test_an_empty_table_is_named_by_its_columns(packaged):
    (packaged / "anatomy" / "sites.csv").write_text("")
    assert problems(packaged=packaged)[0].startswith("anatomy/sites.csv: the columns are ; expected code,")
