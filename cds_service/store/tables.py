"""The tables, one schema for SQLite and PostgreSQL. A change here needs a step in migrations/versions."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite has no time zones, so they are put aside there and given back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as the database takes it."""
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The moment, aware."""
        return value if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Number = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts by itself in INTEGER only
HASH, UUID, NAME = String(64), String(36), String(256)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

configuration = Table(
    "configuration",
    metadata,
    Column("sequence", Number, primary_key=True),
    Column("recorded_at", Moment, nullable=False),
    Column("digest", HASH, nullable=False, index=True),
    Column("content", JSON, nullable=False),
)
"""What was in force: versions, settings that bear on the advice, switches. A row for each change."""

answer = Table(
    "answer",
    metadata,
    Column("sequence", Number, primary_key=True),
    Column("call", UUID, nullable=False, unique=True),
    Column("answered_at", Moment, nullable=False, index=True),
    Column("judged_on", String(10), nullable=False),
    Column("issuer", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("service", NAME, nullable=False),
    Column("hook_instance", NAME, nullable=False),
    Column("patient", HASH, nullable=False, index=True),
    Column("configuration", HASH, nullable=False),
    Column("knowledge_version", NAME, nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("availability", JSON, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("fingerprint", HASH, nullable=False),
    Column("duration_ms", Double, nullable=False),
)
"""One row for each call that was answered; the patient and references that would tell the patient are keyed hashes."""

card = Table(
    "card",
    metadata,
    Column("uuid", UUID, primary_key=True),
    Column("call", UUID, ForeignKey("answer.call", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("service", NAME, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("topic", NAME, nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("fingerprint", HASH, nullable=False),
)

card_finding = Table(
    "card_finding",
    metadata,
    Column("card", UUID, ForeignKey("card.uuid", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("rule", NAME, nullable=False, index=True),
    Column("status", String(32), nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("sequence", Number, primary_key=True),
    Column("key", HASH, nullable=False, unique=True),
    Column("received_at", Moment, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("service", NAME, nullable=False),
    Column("card", NAME, nullable=False, index=True),
    Column("known", Boolean, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("outcome_at", String(64), nullable=False),
    Column("suggestions", JSON, nullable=False),
    Column("reason_system", Text),
    Column("reason_code", Text),
    Column("commented", Boolean, nullable=False),
    Column("comment", Text),
)
"""What clinicians did with cards. `known`: the card was shown to this very client by this service."""

kept_secret = Table(
    "kept_secret",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", String(256), nullable=False),
)

seen_token = Table(
    "seen_token",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("keep_until", Double, nullable=False),
    Index("ix_seen_token_keep_until", "keep_until"),
)
"""Tokens already seen, on PostgreSQL; with SQLite they are kept in a file of their own."""
