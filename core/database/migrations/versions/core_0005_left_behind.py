"""What was left behind by beginning afresh."""

import sqlalchemy as sa
from alembic import op

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "core_settings_left",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("section", sa.String(64), nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("left_at", sa.BigInteger, nullable=False),
    )
    op.create_index("core_settings_left_user", "core_settings_left", ["user_ref"])
    op.create_index("core_settings_left_at", "core_settings_left", ["left_at"])
