"""Remembered devices, their tokens, and who is to be told of a misused one."""

import sqlalchemy as sa
from alembic import op

revision = "remember_0001"
down_revision = None
branch_labels = ("remember",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "remember_devices",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("idle", sa.BigInteger, nullable=False),
        sa.Column("current", sa.String(64), nullable=False),
        sa.Column("arrived", sa.Boolean, nullable=False),
        sa.Column("session", sa.String(32), nullable=False),
        sa.Column("meta", sa.LargeBinary, nullable=True),
    )
    op.create_index("remember_devices_user", "remember_devices", ["user_ref"])
    op.create_index("remember_devices_ends", "remember_devices", ["ends"])
    op.create_table(
        "remember_tokens",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("device", sa.String(32), nullable=False),
        sa.Column("proof", sa.String(64), nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("successor", sa.String(64), nullable=False),
        sa.Column("login", sa.LargeBinary, nullable=True),
    )
    op.create_index("remember_tokens_device", "remember_tokens", ["device"])
    op.create_table(
        "remember_alarms",
        sa.Column("user_ref", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
