"""Who may say which addresses are the user's own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OwnAddresses:
    """Addresses that the user reads or sends mail as. Modules offer these as services."""

    addresses: tuple[str, ...]
