"""The tables of second factors."""

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table

metadata = MetaData()

factors = Table(
    "twofactor_factors",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("blob", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("made", BigInteger, nullable=False),
)

codes = Table(
    "twofactor_codes",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)
