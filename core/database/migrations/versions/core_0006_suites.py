"""In which suite the data of each user is encrypted."""

import sqlalchemy as sa
from alembic import op

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: nobody knows it of those who are there."""
    op.add_column("core_data_keys", sa.Column("suite", sa.Integer, nullable=False, server_default="0"))
