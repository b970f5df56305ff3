"""Saved mail accounts."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0001"
down_revision = None
branch_labels = ("accounts",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "accounts_saved",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=True),
    )
    op.create_index("accounts_saved_user", "accounts_saved", ["user_ref"])
