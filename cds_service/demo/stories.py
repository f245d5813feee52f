"""The synthetic patients of the demonstration; dates are counted back from today, so that stories stay true."""

from datetime import date

from cds_service.demo.chart import Story
from cds_service.demo.stories_head_and_chest import head_and_chest_stories
from cds_service.demo.stories_pelvis import pelvis_stories
from cds_service.demo.stories_records import record_stories
from cds_service.demo.stories_spine import spine_stories

__all__ = ["Story", "stories"]


def stories(today: date) -> tuple[Story, ...]:
    """All synthetic patients, as their charts would stand on this day."""
    return (
        *pelvis_stories(today),
        *head_and_chest_stories(today),
        *spine_stories(today),
        *record_stories(today),
    )
