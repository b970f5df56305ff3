"""Passkeys, and the challenges that were answered."""

import sqlalchemy as sa
from alembic import op

revision = "passkeys_0001"
down_revision = None
branch_labels = ("passkeys",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "passkeys_keys",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("login", sa.LargeBinary),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("asked", sa.Boolean, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("last_used", sa.BigInteger),
        sa.Column("copied", sa.BigInteger),
    )
    op.create_index("passkeys_keys_user", "passkeys_keys", ["user_ref"])
    op.create_table(
        "passkeys_spent",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("ends", sa.BigInteger, nullable=False),
    )
    op.create_index("passkeys_spent_ends", "passkeys_spent", ["ends"])
