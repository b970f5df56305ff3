"""Answers that were given."""

import sqlalchemy as sa
from alembic import op

revision = "captcha_0001"
down_revision = None
branch_labels = ("captcha",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "captcha_spent",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("ends", sa.BigInteger, nullable=False),
    )
    op.create_index("captcha_spent_ends", "captcha_spent", ["ends"])
