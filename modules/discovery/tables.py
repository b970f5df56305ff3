"""The table of who vouches for which address. It names neither: both are keyed hashes."""

from sqlalchemy import Column, MetaData, String, Table

metadata = MetaData()

# An empty `voucher_ref` is filled by whoever lets the address in next.
vouchers = Table(
    "discovery_vouchers",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("voucher_ref", String(64), nullable=False),
)
