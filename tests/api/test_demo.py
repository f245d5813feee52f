"""The demonstration: every synthetic patient's story is answered as it is told."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.demo import Story, stories
from cds_service.settings import Settings

STORIES = stories(date(2026, 11, 23))
CALLS = [(story, service) for story in STORIES for service in story.services]

SPEAKS = {
    "demo-rectum": ("recurrence", "warning"),
    "demo-cervix": ("recurrence", "info"),
    "demo-prostate": ("recurrence", "warning"),
    "demo-nasopharynx": ("recurrence", "info"),
    "demo-parotid": ("recurrence", "warning"),
    "demo-second-primary": ("second-primary", "info"),
    "demo-no-unit": ("recurrence", "warning"),
}
QUIET = {"demo-quiet", "demo-no-cancer", "demo-running"}

IN_MEMORY = {"RERT_CDS_DATABASE_URL": "sqlite:///:memory:"}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings.from_environ(IN_MEMORY, demo=True)).test_client()


def cards_of(client: FlaskClient, story: Story, service: str) -> list[dict[str, object]]:
    answer = client.post(f"/cds-services/{service}", json=story.request(service))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    cards: list[dict[str, object]] = answer.get_json()["cards"]
    return cards


def test_there_are_at_least_twelve_synthetic_patients_with_different_stories() -> None:
    assert len({story.told for story in STORIES}) == len({story.id for story in STORIES}) == len(STORIES) >= 12


@pytest.mark.parametrize(("story", "service"), CALLS, ids=lambda value: getattr(value, "id", value))
def test_a_story_is_answered_within_the_number_of_cards_allowed(
    client: FlaskClient, story: Story, service: str
) -> None:
    assert len(cards_of(client, story, service)) <= (2 if service == "oncology-patient-view" else 3)


@pytest.mark.parametrize("story", [s for s in STORIES if s.id in SPEAKS], ids=lambda story: story.id)
def test_a_chart_that_has_something_to_say_says_it_first(client: FlaskClient, story: Story) -> None:
    first = cards_of(client, story, "oncology-patient-view")[0]
    assert (first["source"]["topic"]["code"], first["indicator"]) == SPEAKS[story.id]  # type: ignore[index] -- JSON


@pytest.mark.conforms("D69", "L170")
@pytest.mark.parametrize("story", [s for s in STORIES if s.id in QUIET], ids=lambda story: story.id)
def test_a_chart_without_a_present_tumour_stays_quiet(client: FlaskClient, story: Story) -> None:
    assert cards_of(client, story, "oncology-patient-view") == []


@pytest.mark.conforms("D71")
def test_the_order_over_the_published_value_is_critical_and_the_one_that_fits_is_not(client: FlaskClient) -> None:
    found = {
        story.id: cards_of(client, story, "oncology-order-sign")[0]["indicator"]
        for story in STORIES
        if story.id.startswith("demo-spine")
    }
    assert found == {"demo-spine-exceeds": "critical", "demo-spine-fits": "warning", "demo-spine-unknown": "warning"}


def test_the_page_shows_the_cards_of_the_chosen_patient(client: FlaskClient) -> None:
    page = client.get("/demo?patient=demo-spine-exceeds&service=oncology-order-sign").get_data(as_text=True)
    assert "cumulative EQD2 73.3 Gy exceeds" in page
    assert 'class="card critical"' in page


def test_the_request_behind_the_page_can_be_read(client: FlaskClient) -> None:
    told = client.get("/demo/requests/demo-rectum/oncology-order-sign").get_json()
    assert told["hook"] == "order-sign"
    assert client.get("/demo/requests/nobody/oncology-order-sign").status_code == 404


def test_the_page_is_not_there_unless_the_demonstration_is_on() -> None:
    assert create_app(Settings.from_environ(IN_MEMORY)).test_client().get("/demo").status_code == 404
