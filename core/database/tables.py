"""The core's tables."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

# Times are whole seconds since 1970, in UTC.
sessions = Table(
    "core_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("family", String(64), nullable=False),
    Column("user_ref", String(64), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("renewed", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Index("core_sessions_family", "family"),
    Index("core_sessions_ends", "ends"),
)

settings = Table(
    "core_settings",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("section", String(64), primary_key=True),
    Column("blob", LargeBinary, nullable=False),
)
