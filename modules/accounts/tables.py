"""The table of saved mail accounts."""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

saved = Table(
    "accounts_saved",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("user_ref", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=True),
    Index("accounts_saved_user", "user_ref"),
)
