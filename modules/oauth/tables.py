"""The tables of oauth: refresh tokens, requests that were answered, and tokens that a provider is still to forget."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

# One for each account of a user. Without a `blob` there is nothing to renew an access token by. Times are whole seconds
# since 1970, in UTC; until `busy_until` somebody is renewing the token.
tokens = Table(
    "oauth_tokens",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("provider", String(32), nullable=False),
    Column("client", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("blob", LargeBinary),
    Column("connected", Integer, nullable=False),
    Column("busy_until", BigInteger, nullable=False),
)

spent = Table(
    "oauth_spent",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ends", BigInteger, nullable=False),
    Index("oauth_spent_ends", "ends"),
)

revocations = Table(
    "oauth_revocations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("provider", String(32), nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("ends", BigInteger, nullable=False),
)
