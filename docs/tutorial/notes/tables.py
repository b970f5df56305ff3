"""The table of notes. It names neither the user nor whom a note is about: both are keyed hashes."""

from sqlalchemy import Column, LargeBinary, MetaData, String, Table

metadata = MetaData()

notes = Table(
    "notes_notes",
    metadata,
    Column("user_ref", String(64), primary_key=True),
    Column("about_ref", String(64), primary_key=True),
    Column("blob", LargeBinary, nullable=False),
)
