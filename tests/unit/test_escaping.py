"""Text from records never becomes markup, and never reorders what stands beside it."""

import json
import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cards import compose
from cards.escaping import cut, escape_data, length, own_words, plain_text
from clinical_rules.findings import Assessment, Finding, SourceReference, Urgency

BLNS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "corpora" / "blns" / "blns.json"
OWN = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/p.png)",
    "https://evil.example/?q=1 www.evil.example mailto:a@evil.example",
    "| a | b |\n|---|---|\n| c | d |",
    "```\ncode\n```",
    "# heading\n\n> quote\n\n1. one\n\n---",
    "    indented code",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "a\\\nb\\*c*d*_e_~~f~~",
    "[ref]: https://evil.example 'x'",
    "<!-- comment --> <![CDATA[x]]> <?php ?>",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "\x00\x1b[31mred\x1b[0m\x7f",
    "50.4 Gy\u202e yG 4.05",
    "rec\u200btal\ufeff can\u00adcer",
    "\u0627\u0644\u0648\u0631\u0645 12",
    "a" + "\u0301" * 200,
    "\u2028\u2029\u0085line",
    "\ud800 lone surrogate",
    "- [ ] task",
    "a\tb\r\nc",
    "",
    " ",
)
TEMPLATE_TAGS = {"p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
TEXT_VALUES = (
    "site", "earlierSite", "pattern", "certainty", "date", "band", "structure", "metric", "basis", "item",
    "option", "category", "grade", "topic", "problem", "reference", "recoveryScheme", "overlap", "type",
)  # fmt: skip


def finding(rule: str, text: str, topic: str = "recurrence") -> Finding:
    """A finding with the text in every place that can hold text from a record."""
    values = dict.fromkeys(TEXT_VALUES, text)
    course = {"reference": text, "site": text, "end": text, "basis": text, "overlap": text, "note": text}
    return Finding(
        rule,
        "present",
        topic,  # type: ignore[arg-type]  # one of the closed set
        {
            **values,
            "courses": [course],
            "metastaticSites": [text],
            "priorExposure": [{"agent": text, "last": text}],
            "limitGy": 70,
        },
        Urgency.INFO,
        (text,),
        (SourceReference(text, text, text),),
        {"detail": text, "label": text, "agreement": text, "range": text, "value": text, "missing": [text]},
    )


RULES = (
    "recurrence.pattern", "recurrence.second-primary", "recurrence.treatment-effect", "reirradiation.overlap",
    "reirradiation.interval", "reirradiation.spinal-cord.cumulative-eqd2", "reirradiation.esophagus.other",
    "workup.biopsy", "salvage.x", "supportive.x", "data.x", "unheard.of",
)  # fmt: skip


def detail_of(texts: list[str]) -> str:
    findings = tuple(finding(rule, text) for text in texts for rule in RULES)
    assessment = Assessment("patient-view", "2026-11-02", "2026.11.1", findings, ("volumes",), ("x",), "Patient/1")
    detail = compose(assessment, base_url="https://h.example", max_cards=2).cards[0].detail
    assert detail
    return detail


def tags_of(markdown: str) -> set[str]:
    parser = MarkdownIt("gfm-like", {"html": True})
    tokens = [token for block in parser.parse(markdown) for token in (block, *(block.children or ()))]
    assert not [token.content for token in tokens if token.type.startswith("html") or "code" in token.type]
    return {token.tag for token in tokens if token.tag}


@pytest.mark.conforms("G103", "G104", "M182")
@pytest.mark.parametrize("text", OWN, ids=[repr(text)[:20] for text in OWN])
def test_only_the_tags_of_the_templates_appear(text: str) -> None:
    assert tags_of(detail_of([text])) <= TEMPLATE_TAGS


@pytest.mark.shared_data
def test_naughty_strings_stay_text_in_every_place_of_a_card() -> None:
    if not BLNS.exists():
        pytest.skip("the corpus of naughty strings is not beside the checkout")
    strings = json.loads(BLNS.read_text(encoding="utf-8"))
    assert len(strings) > 500
    for start in range(0, len(strings), 40):
        assert tags_of(detail_of(strings[start : start + 40])) <= TEMPLATE_TAGS


@pytest.mark.conforms("G104")
def test_every_ascii_punctuation_of_data_is_a_numeric_reference() -> None:
    assert escape_data(string.punctuation) == "".join(f"&#{ord(character)};" for character in string.punctuation)


def test_own_words_keep_readable_punctuation_and_lose_markup() -> None:
    assert own_words("70.5 Gy (Nieder et al. 2006), >=12") == "70.5 Gy (Nieder et al. 2006), &#62;=12"


@given(st.text(alphabet=st.characters(), max_size=60))
def test_plain_text_is_one_line_without_control_or_direction_characters(text: str) -> None:
    plain = plain_text(text)
    assert not {unicodedata.category(character) for character in plain} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert plain == plain_text(plain)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=60))
def test_ascii_goes_the_same_way_as_other_text(text: str) -> None:
    assert plain_text(text) == plain_text(text + "\u00e9").removesuffix("\u00e9").rstrip()


def test_right_to_left_text_is_isolated_from_the_numbers_beside_it() -> None:
    assert escape_data("\u05d0 12").startswith("&#8296;")
    assert escape_data("\u05d0 12").endswith("&#8297;")


def test_stacked_marks_are_limited() -> None:
    assert len(plain_text("a" + "\u0323" * 100)) == 5


@pytest.mark.conforms("G102", "M182")
@given(st.text(alphabet=st.characters(), max_size=400), st.integers(10, 139))
def test_a_cut_text_is_within_the_limit_and_a_beginning_of_the_text(text: str, limit: int) -> None:
    shortened = cut(plain_text(text), limit)
    assert length(shortened) <= limit
    assert plain_text(text).startswith(shortened.removesuffix("…"))


@pytest.mark.conforms("G102")
def test_a_text_is_cut_at_a_word() -> None:
    assert cut("local recurrence of rectal cancer", 20) == "local recurrence of…"


def test_a_letter_is_not_parted_from_its_marks() -> None:
    text = "x" * 8 + "e\u0301" * 20
    shortened = cut(text, 12).removesuffix("…")
    assert not unicodedata.category(text[len(shortened)]).startswith("M")


def test_a_character_outside_the_basic_plane_counts_twice() -> None:
    assert length("\U0001f600" * 70) == 140
    assert length(cut("\U0001f600" * 70)) < 140
