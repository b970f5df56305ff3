"""The table of correspondents. They stand in it as keyed hashes and ciphertexts only."""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

# `mark` and `look` are hashes of the address and of what its domain looks like, under keys that follow from the user's.
correspondents = Table(
    "trust_correspondents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("user_ref", String(64), nullable=False),
    Column("mark", String(64), nullable=False),
    Column("look", String(64), nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Index("trust_correspondents_mark", "user_ref", "mark", unique=True),
    Index("trust_correspondents_look", "user_ref", "look"),
)
