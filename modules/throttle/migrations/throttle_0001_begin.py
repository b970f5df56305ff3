"""Failed attempts to log in."""

import sqlalchemy as sa
from alembic import op

revision = "throttle_0001"
down_revision = None
branch_labels = ("throttle",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "throttle_counts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("account_ref", sa.String(64), nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("locked", sa.BigInteger, nullable=False),
    )
    op.create_index("throttle_counts_account", "throttle_counts", ["account_ref"])
    op.create_index("throttle_counts_last", "throttle_counts", ["last"])
    op.create_table(
        "throttle_attempts",
        sa.Column("account_ref", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    op.create_index("throttle_attempts_last", "throttle_attempts", ["last"])
