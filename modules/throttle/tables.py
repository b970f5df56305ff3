"""The tables of failed attempts. Names and addresses stand in them as keyed hashes only."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table

metadata = MetaData()

# Times are whole seconds since 1970, in UTC. `locked` is until when nothing is let through.
counts = Table(
    "throttle_counts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account_ref", String(64), nullable=True),
    Column("failures", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("locked", BigInteger, nullable=False),
    Index("throttle_counts_account", "account_ref"),
    Index("throttle_counts_last", "last"),
)

# What a user is told at the next login: how often it failed since the last one.
attempts = Table(
    "throttle_attempts",
    metadata,
    Column("account_ref", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Index("throttle_attempts_last", "last"),
)
