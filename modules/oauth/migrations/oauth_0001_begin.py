"""Refresh tokens, requests that were answered, and tokens that a provider is still to forget."""

import sqlalchemy as sa
from alembic import op

revision = "oauth_0001"
down_revision = None
branch_labels = ("oauth",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "oauth_tokens",
        sa.Column("user_ref", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("blob", sa.LargeBinary),
        sa.Column("connected", sa.Integer, nullable=False),
        sa.Column("busy_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "oauth_spent",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("ends", sa.BigInteger, nullable=False),
    )
    op.create_index("oauth_spent_ends", "oauth_spent", ["ends"])
    op.create_table(
        "oauth_revocations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
    )
