"""What a page is told of the key that it agreed on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Agreed:
    """The key's name, the server's public key, and what the page derives and checks the key with, in Base64."""

    key: str
    public: str
    salt: str
    proof: str
