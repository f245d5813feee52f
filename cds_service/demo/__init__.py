"""The demonstration: synthetic patients and a small page that shows their cards. Never on in production."""

from cds_service.demo.page import register
from cds_service.demo.stories import Story, stories

__all__ = ["Story", "register", "stories"]
