"""What the forms of accounts hold."""

from core import Port, Secret, form, inputs, path, query
from modules.accounts.model import Address, Encryption, HostName, SavedAccount, SavedServer, ShortName
from modules.mail.api import AccountName


@inputs
class OneAccount:
    """Which account."""

    name: AccountName = path()


@inputs
class Wanted:
    """The address whose servers are to be found."""

    find: Address | None = query(None)


@inputs
class AccountForm:
    """An account as somebody filled it in. Empty ports are the usual ones, an empty user name is the address."""

    label: ShortName = form(ShortName(""))
    address: Address = form()
    display_name: ShortName = form(ShortName(""))
    username: ShortName = form(ShortName(""))
    password: Secret = form(Secret(""))
    imap_host: HostName = form()
    imap_port: Port | None = form(None)
    imap_encryption: Encryption = form(Encryption.TLS)
    smtp_host: HostName | None = form(None)
    smtp_port: Port | None = form(None)
    smtp_encryption: Encryption = form(Encryption.TLS)

    def account(self, name: AccountName, provider: str = "") -> SavedAccount:
        """The account that was filled in."""
        tls = Encryption.TLS
        imap_port = self.imap_port or (993 if self.imap_encryption is tls else 143)
        smtp_port = self.smtp_port or (465 if self.smtp_encryption is tls else 587)
        return SavedAccount(
            name=name,
            label=str(self.label),
            address=str(self.address),
            display_name=str(self.display_name),
            username=str(self.username or self.address),
            imap=SavedServer(str(self.imap_host), int(imap_port), self.imap_encryption),
            smtp=SavedServer(str(self.smtp_host), int(smtp_port), self.smtp_encryption) if self.smtp_host else None,
            provider=provider,
        )
