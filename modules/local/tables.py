"""The table of local accounts. Everything in a row is sealed under the server's key; names stand as keyed hashes."""

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table

metadata = MetaData()

accounts = Table(
    "local_accounts",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("blob", LargeBinary, nullable=False),
    # In whole seconds since 1970, in UTC.
    Column("made", BigInteger, nullable=False),
)
