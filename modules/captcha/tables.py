"""The table of answers that were given: none is taken twice."""

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table

metadata = MetaData()

# `ends` is when the answer would be refused for its age anyway, in whole seconds since 1970, in UTC.
spent = Table(
    "captcha_spent",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ends", BigInteger, nullable=False),
    Index("captcha_spent_ends", "ends"),
)
