"""The table of links. A link stands in it as a hash, with a login that only the link opens."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, String, Table

metadata = MetaData()

links = Table(
    "api_links",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_ref", String(64), nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("login", LargeBinary, nullable=False),
    Index("api_links_user", "user_ref"),
    Index("api_links_ends", "ends"),
)
