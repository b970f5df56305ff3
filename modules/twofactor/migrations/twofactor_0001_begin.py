"""Second factors and recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "twofactor_0001"
down_revision = None
branch_labels = ("twofactor",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "twofactor_factors",
        sa.Column("user_ref", sa.String(64), primary_key=True),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "twofactor_codes",
        sa.Column("user_ref", sa.String(64), primary_key=True),
        sa.Column("code_hash", sa.String(64), primary_key=True),
    )
