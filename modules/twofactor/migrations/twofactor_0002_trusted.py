"""Devices on which no second factor is asked for."""

import sqlalchemy as sa
from alembic import op

revision = "twofactor_0002"
down_revision = "twofactor_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "twofactor_trusted",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("meta", sa.LargeBinary, nullable=True),
    )
    op.create_index("twofactor_trusted_user", "twofactor_trusted", ["user_ref"])
