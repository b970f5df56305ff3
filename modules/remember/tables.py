"""The tables of remembered devices. Names, devices and logins stand in them as keyed hashes and ciphertexts only."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, String, Table

metadata = MetaData()

# Times are whole seconds since 1970 (UTC). `current` is the token that counts, `arrived` whether the browser showed it
# since, `session` the session that was opened last, `meta` what its user reads of the device, under their data key.
devices = Table(
    "remember_devices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_ref", String(64), nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("idle", BigInteger, nullable=False),
    Column("current", String(64), nullable=False),
    Column("arrived", Boolean, nullable=False),
    Column("session", String(32), nullable=False),
    Column("meta", LargeBinary, nullable=True),
    Index("remember_devices_user", "user_ref"),
    Index("remember_devices_ends", "ends"),
)

# A used token stays until its device is forgotten, so that whoever comes with it again is known for what they are; the
# login that it opened does not stay. `used` is 0 for the current one, `successor` what it was exchanged for.
tokens = Table(
    "remember_tokens",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("device", String(32), nullable=False),
    Column("proof", String(64), nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("successor", String(64), nullable=False),
    Column("login", LargeBinary, nullable=True),
    Index("remember_tokens_device", "device"),
)

# Who is to be told at the next login that an old token was used.
alarms = Table(
    "remember_alarms",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
