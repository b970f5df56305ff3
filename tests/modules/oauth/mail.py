"""A provider whose tokens open a Dovecot that introspects them, and a site that reads and sends mail by it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.dovecot import Dovecot, start_dovecot
from tests.modules.oauth.site import USUAL, OauthSite, open_site
from tests.servers.authorization import Provider, start_provider
from tests.servers.mail_user import MailUser, new_user
from tests.servers.postfix import Postfix, postfix_missing, start_postfix

MAIL_MODULES = (*USUAL, "mail", "imap", "smtp", "accounts", "compose", "folders")


@dataclass
class MailHouse:
    """The provider, the mail server that asks it about tokens, and the server that takes mail."""

    provider: Provider
    dovecot: Dovecot
    postfix: Postfix | None

    @property
    def mail_options(self) -> str:
        """What hm3.ini says of the provider's mail servers."""
        smtp = (
            f"smtp_host = localhost\nsmtp_port = {self.postfix.port}\nsmtp_security = starttls\n"
            if self.postfix
            else ""
        )
        return f"mail = on\nimap_host = localhost\nimap_port = {self.dovecot.imaps_port}\n{smtp}"

    @property
    def sections(self) -> str:
        """Whom the site trusts for mail servers."""
        smtp = f"[smtp]\nca_file = {self.postfix.ca_file}\n" if self.postfix else ""
        return (
            f"[imap]\nhost = localhost\nport = {self.dovecot.imaps_port}\nca_file = {self.dovecot.ca_file}\n{smtp}"
            f"[accounts]\nca_file = {self.dovecot.ca_file}\ninner_networks = on\n"
        )

    def new_user(self) -> Iterator[MailUser]:
        """A fresh mailbox, whose owner is logged in at the provider."""
        user = new_user(self.dovecot)
        self.provider.someone = self.provider.someone.__class__("1815", user.name)
        yield user
        self.dovecot.forget_user(user.name)


@contextmanager
def open_mail_house(mechanisms: str = "oauthbearer xoauth2") -> Iterator[MailHouse]:
    """Start the servers; Dovecot offers these ways to log in by tokens."""
    # Not pytest's own folder: a Dovecot started by root runs as nobody, who must reach its mail.
    folder = Path(tempfile.mkdtemp(prefix="hm3-oauth-"))
    folder.chmod(0o755)
    with start_provider() as provider:
        asks = folder / "oauth2.conf.ext"
        asks.write_text(
            f"introspection_mode = post\nintrospection_url = {provider.issuer}/introspect\n"
            "username_attribute = email\nactive_attribute = active\nactive_value = true\nforce_introspection = yes\n"
        )
        extra = f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {asks}\n}}\n"
        dovecot = start_dovecot(folder / "mail", mechanisms=f"plain login {mechanisms}", extra=extra)
        postfix = start_postfix(dovecot) if postfix_missing() is None else None
        try:
            yield MailHouse(provider, dovecot, postfix)
        finally:
            if postfix is not None:
                postfix.stop()
            dovecot.stop()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_mail_site(folder: Path, house: MailHouse, more: str = "") -> Iterator[OauthSite]:
    """A site whose users read their mail at the provider."""
    with open_site(
        folder, house.provider, f"{house.mail_options}{more}", sections=house.sections, modules=MAIL_MODULES
    ) as site:
        yield site
