"""What the filter keeps for users."""

import sqlalchemy as sa
from alembic import op

revision = "spam_0001"
down_revision = None
branch_labels = ("spam",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "spam_kept",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
    )
    op.create_index("spam_kept_kind", "spam_kept", ["user_ref", "kind"], unique=True)
