"""The worker under senders that never let it wait."""

from time import monotonic

import gevent
import pytest

from cds_service.server_worker import FairUnreader


class Endless:
    """A socket that always has more."""

    def recv(self, size: int) -> bytes:
        return b"a" * size


@pytest.mark.threat("C08")
def test_who_reads_what_is_always_there_lets_others_come_first() -> None:
    reader, turns = FairUnreader(Endless()), list[str]()
    other = gevent.spawn(turns.append, "mine")
    ends = monotonic() + 10
    while not turns and monotonic() < ends:
        assert reader.chunk(100) == b"a" * 8192
    assert turns == ["mine"]
    other.get()
