"""Local accounts."""

import sqlalchemy as sa
from alembic import op

revision = "local_0001"
down_revision = None
branch_labels = ("local",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "local_accounts",
        sa.Column("user_ref", sa.String(64), primary_key=True),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
    )
