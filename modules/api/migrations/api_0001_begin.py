"""Links that log a browser in once."""

import sqlalchemy as sa
from alembic import op

revision = "api_0001"
down_revision = None
branch_labels = ("api",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "api_links",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("user_ref", sa.String(64), nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("login", sa.LargeBinary, nullable=False),
    )
    op.create_index("api_links_user", "api_links", ["user_ref"])
    op.create_index("api_links_ends", "api_links", ["ends"])
