"""The tables of passkeys."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, String, Table

metadata = MetaData()

# `id` is the hash of what the key calls itself. `blob` opens with a key of the server: whose the passkey is, its name
# and its public key. `login` opens only with what the passkey itself gives. Times are whole seconds since 1970, in UTC.
keys = Table(
    "passkeys_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_ref", String(64), nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("login", LargeBinary),
    Column("sign_count", BigInteger, nullable=False),
    Column("asked", Boolean, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("last_used", BigInteger),
    Column("copied", BigInteger),
    Index("passkeys_keys_user", "user_ref"),
)

# Challenges that were answered: none is answered twice. `ends` is when it would be too old anyway.
spent = Table(
    "passkeys_spent",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ends", BigInteger, nullable=False),
    Index("passkeys_spent_ends", "ends"),
)
