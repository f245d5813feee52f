"""Errors of the way out; their texts are ours, never a server's.

FetchError             nothing usable came back
├── StatusError        an answer, but not a plain 200
├── UnfitAnswerError   a 200 that is too large, compressed or cut short
└── TooLateError       no complete answer in time
"""


class FetchError(Exception):
    """Nothing usable came back; the text is one of ours, never the server's."""


class StatusError(FetchError):
    """The server answered with another status than 200; what it wrote was not read."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class UnfitAnswerError(FetchError):
    """The answer cannot be used: too large, compressed, cut short."""


class TooLateError(FetchError):
    """The time was over before the answer was complete."""
