"""Correspondents."""

import sqlalchemy as sa
from alembic import op

revision = "trust_0001"
down_revision = None
branch_labels = ("trust",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "trust_correspondents",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("look", sa.String(64), nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
    )
    op.create_index("trust_correspondents_mark", "trust_correspondents", ["user_ref", "mark"], unique=True)
    op.create_index("trust_correspondents_look", "trust_correspondents", ["user_ref", "look"])
