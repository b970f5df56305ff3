"""Notes about people."""

import sqlalchemy as sa
from alembic import op

revision = "notes_0001"
down_revision = None
branch_labels = ("notes",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notes_notes",
        sa.Column("user_ref", sa.String(64), primary_key=True),
        sa.Column("about_ref", sa.String(64), primary_key=True),
        sa.Column("blob", sa.LargeBinary, nullable=False),
    )
