"""What an admin says about addresses."""

from modules.discovery.module import module
from modules.discovery.values import MailAddress
from modules.discovery.vouchers import Vouchers


@module.command("moved")
def confirm_move(address: MailAddress, vouchers: Vouchers) -> str:
    """Confirm that the mailbox of an address has moved: the next server that lets it in counts."""
    vouchers.free(address)
    return f"The next mail server that lets {address} in is believed, and no other one after it."
