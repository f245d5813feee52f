"""The steps. A step that was once released is never edited: a new one is added."""
