"""Rows into tables: each once, whoever sends it again; and feedback joined with the card it is about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table, and_, bindparam, exists, false, not_, select, text, true, update
from sqlalchemy.dialects import postgresql, sqlite

from cds_service.store.tables import answer, card, card_finding, configuration, feedback

Rows = Sequence[tuple[Table, Sequence[Mapping[str, Any]]]]
ORDER = (configuration, answer, card, card_finding, feedback)
"""Tables that others refer to come first."""

_OWN_CARD = and_(
    card.c.uuid == feedback.c.card,
    card.c.issuer == feedback.c.issuer,
    card.c.tenant == feedback.c.tenant,
    card.c.service == feedback.c.service,
    not_(card.c.silent),
)
_KNOW = (
    update(feedback)
    .where(feedback.c.card == bindparam("uuid"), feedback.c.known == false(), exists().where(_OWN_CARD))
    .values(known=true())
)
_INSERTS: Mapping[str, Mapping[Table, Executable]] = {
    "sqlite": {table: sqlite.insert(table).on_conflict_do_nothing() for table in ORDER},
    "postgresql": {table: postgresql.insert(table).on_conflict_do_nothing() for table in ORDER},
}
"""By the dialect; made once, so that they are compiled once."""


def write(connection: Connection, many: Iterable[Rows]) -> None:
    """Writes the rows of many entries, table by table. Card and feedback are joined whichever came first."""
    by_table: dict[Table, list[Mapping[str, Any]]] = {table: [] for table in ORDER}
    for rows in many:
        for table, added in rows:
            by_table[table].extend(added)
    for row in by_table.pop(configuration):
        _write_change(connection, row)
    inserts = _INSERTS[connection.dialect.name]
    for table, added in by_table.items():
        if added:
            connection.execute(inserts[table], added)
    uuids = {row["card"] for row in by_table[feedback]} | {row["uuid"] for row in by_table[card]}
    if uuids:
        connection.execute(_KNOW, [{"uuid": uuid} for uuid in sorted(uuids)])


def _write_change(connection: Connection, row: Mapping[str, Any]) -> None:
    """A row unless the last one says the same: every worker process notices a change, and it is recorded once."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE configuration IN SHARE ROW EXCLUSIVE MODE"))
    last = connection.execute(
        select(configuration.c.digest).order_by(configuration.c.sequence.desc()).limit(1)
    ).scalar()
    if last != row["digest"]:
        connection.execute(configuration.insert(), [row])
