"""What sessions tell of their devices."""

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("core_sessions", sa.Column("meta", sa.LargeBinary, nullable=True))
    op.create_index("core_sessions_user", "core_sessions", ["user_ref"])
