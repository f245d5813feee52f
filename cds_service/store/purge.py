"""What is older than RETENTION_DAYS goes: answers with their cards and findings, and the comments of feedback."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from cds_service.store.tables import answer, feedback

AT_ONCE = 1000
"""Answers deleted in one transaction: others write in between."""


def purge(connection: Connection, before: datetime) -> int:
    """Deletes what was recorded before that moment and returns how many answers it was.

    Feedback itself stays, it holds no patient; its free text does not.
    """
    gone = 0
    while True:
        old = select(answer.c.sequence).where(answer.c.answered_at < before).limit(AT_ONCE)
        with connection.begin():
            removed = connection.execute(delete(answer).where(answer.c.sequence.in_(old))).rowcount
        gone += removed
        if removed < AT_ONCE:
            break
    told = feedback.c.comment.is_not(None)
    with connection.begin():
        connection.execute(update(feedback).where(feedback.c.received_at < before, told).values(comment=None))
    return gone
