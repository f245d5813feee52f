"""Answers, their cards and findings, feedback, what was in force, secrets, tokens seen.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
HASH, UUID, NAME = sa.String(64), sa.String(36), sa.String(256)


def upgrade() -> None:
    """Makes the tables."""
    _in_force()
    _answers()
    _cards()
    _feedback()
    _secrets_and_tokens()


def _in_force() -> None:
    op.create_table(
        "configuration",
        sa.Column("sequence", NUMBER, primary_key=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("digest", HASH, nullable=False, index=True),
        sa.Column("content", sa.JSON, nullable=False),
    )


def _answers() -> None:
    op.create_table(
        "answer",
        sa.Column("sequence", NUMBER, primary_key=True),
        sa.Column("call", UUID, nullable=False, unique=True),
        sa.Column("answered_at", MOMENT, nullable=False, index=True),
        sa.Column("judged_on", sa.String(10), nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("service", NAME, nullable=False),
        sa.Column("hook_instance", NAME, nullable=False),
        sa.Column("patient", HASH, nullable=False, index=True),
        sa.Column("configuration", HASH, nullable=False),
        sa.Column("knowledge_version", NAME, nullable=False),
        sa.Column("inputs", sa.JSON, nullable=False),
        sa.Column("availability", sa.JSON, nullable=False),
        sa.Column("cards", sa.Integer, nullable=False),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("fingerprint", HASH, nullable=False),
        sa.Column("duration_ms", sa.Double, nullable=False),
    )


def _cards() -> None:
    op.create_table(
        "card",
        sa.Column("uuid", UUID, primary_key=True),
        sa.Column("call", UUID, sa.ForeignKey("answer.call", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("service", NAME, nullable=False),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("topic", NAME, nullable=False),
        sa.Column("indicator", sa.String(16), nullable=False),
        sa.Column("fingerprint", HASH, nullable=False),
    )
    op.create_table(
        "card_finding",
        sa.Column("card", UUID, sa.ForeignKey("card.uuid", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("rule", NAME, nullable=False, index=True),
        sa.Column("status", sa.String(32), nullable=False),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("sequence", NUMBER, primary_key=True),
        sa.Column("key", HASH, nullable=False, unique=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("service", NAME, nullable=False),
        sa.Column("card", NAME, nullable=False, index=True),
        sa.Column("known", sa.Boolean, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("outcome_at", sa.String(64), nullable=False),
        sa.Column("suggestions", sa.JSON, nullable=False),
        sa.Column("reason_system", sa.Text),
        sa.Column("reason_code", sa.Text),
        sa.Column("commented", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text),
    )


def _secrets_and_tokens() -> None:
    op.create_table(
        "kept_secret",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.String(256), nullable=False),
    )
    op.create_table(
        "seen_token",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("keep_until", sa.Double, nullable=False),
    )
    op.create_index("ix_seen_token_keep_until", "seen_token", ["keep_until"])
