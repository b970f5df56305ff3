"""Who vouches for which address."""

import sqlalchemy as sa
from alembic import op

revision = "discovery_0001"
down_revision = None
branch_labels = ("discovery",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "discovery_vouchers",
        sa.Column("user_ref", sa.String(64), primary_key=True),
        sa.Column("voucher_ref", sa.String(64), nullable=False),
    )
