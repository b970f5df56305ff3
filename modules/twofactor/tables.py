"""The tables of second factors."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, String, Table

metadata = MetaData()

factors = Table(
    "twofactor_factors",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("blob", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("made", BigInteger, nullable=False),
)

# Devices on which a user is asked for no second factor: the hash of what the browser keeps, and what its user reads of
# it under their data key.
trusted = Table(
    "twofactor_trusted",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_ref", String(64), nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("meta", LargeBinary, nullable=True),
    Index("twofactor_trusted_user", "user_ref"),
)

codes = Table(
    "twofactor_codes",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)
