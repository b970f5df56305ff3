"""Users' data keys."""

import sqlalchemy as sa
from alembic import op

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of data keys and of their wraps."""
    op.create_table(
        "core_data_keys",
        sa.Column("user_ref", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(16), nullable=False),
    )
    op.create_table(
        "core_key_wraps",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("how", sa.String(64), nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("last_used", sa.BigInteger, nullable=False),
        sa.Column("orphaned", sa.BigInteger, nullable=True),
    )
    op.create_index("core_key_wraps_user", "core_key_wraps", ["user_ref"])
