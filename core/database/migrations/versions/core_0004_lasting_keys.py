"""Keys that outlive a rotation, and which data key a wrap holds."""

import sqlalchemy as sa
from alembic import op

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and name the data key of every wrap that was not set aside."""
    op.create_table(
        "core_lasting_keys",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.add_column("core_key_wraps", sa.Column("generation", sa.String(16), nullable=False, server_default=""))
    keys = sa.table("core_data_keys", sa.column("user_ref"), sa.column("key_id"))
    wraps = sa.table("core_key_wraps", sa.column("user_ref"), sa.column("orphaned"), sa.column("generation"))
    current = sa.select(keys.c.key_id).where(keys.c.user_ref == wraps.c.user_ref).scalar_subquery()
    op.execute(sa.update(wraps).where(wraps.c.orphaned.is_(None)).values(generation=sa.func.coalesce(current, "")))
