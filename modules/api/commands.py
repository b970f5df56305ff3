"""What api adds to the command line."""

import secrets

from modules.api.config import ProgramName
from modules.api.module import module


@module.command("key")
def make_key(name: ProgramName) -> str:
    """Make a key for the program NAME, and tell the section of hm3.ini that lets it log users in."""
    return f"[api.{name}]\nkey = {secrets.token_urlsafe(32)}"
