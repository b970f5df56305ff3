"""The core's tables."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

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
    Column("meta", LargeBinary, nullable=True),
    Index("core_sessions_user", "user_ref"),
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

# What was left behind by a user who began afresh, still under the data key of before.
settings_left = Table(
    "core_settings_left",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("user_ref", String(64), nullable=False),
    Column("section", String(64), nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("left_at", BigInteger, nullable=False),
    Index("core_settings_left_user", "user_ref"),
    Index("core_settings_left_at", "left_at"),
)

# Which data key a user has now, by the key's id; its wraps are below.
data_keys = Table(
    "core_data_keys",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("key_id", String(16), nullable=False),
    # The suite that everything of the user was encrypted in, 0 where that is not known.
    Column("suite", Integer, nullable=False, default=0),
)

key_wraps = Table(
    "core_key_wraps",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("user_ref", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("how", String(64), nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("last_used", BigInteger, nullable=False),
    Column("orphaned", BigInteger, nullable=True),
    Column("generation", String(16), nullable=False, default=""),
    Index("core_key_wraps_user", "user_ref"),
)

# Keys that outlive a rotation, such as the one that lookup hashes are made with, sealed under the server's keys.
lasting_keys = Table(
    "core_lasting_keys",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
