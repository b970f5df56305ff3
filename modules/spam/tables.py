"""The table of what is kept for users, as ciphertexts only."""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

# `kind` is what the row is: what was learned, why messages were moved, how far mailboxes were looked through.
kept = Table(
    "spam_kept",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("user_ref", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Index("spam_kept_kind", "user_ref", "kind", unique=True),
)
