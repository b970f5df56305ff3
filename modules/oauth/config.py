"""The sections [oauth] and [oauth.…] of hm3.ini: which providers there are, what for, and how they are asked."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core import ConfigError, Line, Port, Secret, option, section_word, tls
from modules.oauth.presets import Endpoints, Facts, MailServer, facts_of
from modules.oauth.values import (
    Claim,
    ClientLogin,
    Domain,
    Issuer,
    Kind,
    Naming,
    ProviderName,
    Region,
    RoleValues,
    Scope,
    Tenant,
    WebAddress,
)


@dataclass(frozen=True)
class OauthConfig:
    """How providers are asked. Each of them has a section of its own, such as [oauth.google]."""

    timeout: timedelta = option(timedelta(seconds=10), help="How long to wait for a provider's whole answer.")
    ca_file: Path | None = option(
        None, help="A PEM file of the authorities to trust for providers, in place of the system's."
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not timedelta() < self.timeout <= timedelta(seconds=20):
            raise ValueError("timeout has to be longer than nothing, and at most 20 s.")
        try:
            tls.context_of(tls.TlsOptions(ca_file=self.ca_file))
        except ConfigError as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True)
class ProviderConfig:
    """One provider, by which people log in or whose mail they read here. A section for each: [oauth.google] is one."""

    provider: ProviderName = section_word()
    client_id: Line = option(
        help="What the provider calls this site. Register it there with the address that hm3 oauth addresses says."
    )
    client_secret: Secret | None = option(
        None, help="What this site shows the provider. Without it, PKCE alone counts."
    )
    kind: Kind = option(
        Kind.OTHER, help="google, microsoft and zoho bring their addresses, scopes and mail servers with them."
    )
    label: Line | None = option(None, help="What people read: Log in with … . Without it, what the kind is called.")
    login: bool = option(True, help="Whether people log in by it.")
    mail: bool = option(False, help="Whether their mail there is read here. It asks them for more than a login does.")
    issuer: Issuer | None = option(
        None, help="The issuer. Unless all addresses are given, they are read from its OpenID configuration."
    )
    authorization_url: WebAddress | None = option(None, help="Where people are asked, if not as the issuer says.")
    token_url: WebAddress | None = option(None, help="Where codes are exchanged, if not as the issuer says.")
    keys_url: WebAddress | None = option(None, help="Where the issuer's keys are, if not as it says.")
    revocation_url: WebAddress | None = option(None, help="Where tokens are revoked, if not as the issuer says.")
    tenant: Tenant = option(
        Tenant("common"),
        help="Of microsoft, whose accounts: the tenant's id, or common, organizations or consumers for anybody's.",
    )
    region: Region = option(Region.COM, help="Of zoho, the data centre of the accounts.")
    client_login: ClientLogin = option(ClientLogin.AUTOMATIC, help="How client_secret is shown.")
    scopes: tuple[Scope, ...] = option(
        (Scope("openid"), Scope("email"), Scope("profile")), help="What is asked for to log in."
    )
    mail_scopes: tuple[Scope, ...] = option(
        (), help="What is asked for besides to read and send mail, if not what the kind needs."
    )
    name: Naming = option(
        Naming.SUBJECT,
        help="Whose settings are whose: subject takes what the provider never gives to another person; email takes "
        "the verified address, of allowed_domains alone, so that the same person may come by another way too.",
    )
    allowed_domains: tuple[Domain, ...] = option(
        (), help="Only people with a verified address of these domains log in. Without it, all whom the provider knows."
    )
    roles: RoleValues | None = option(
        None, help="Roles that values of roles_claim give, as in admin: mail-admins; support: helpdesk."
    )
    roles_claim: Claim = option(Claim("groups"), help="The claim whose values give roles.")
    max_age: timedelta | None = option(
        None, help="How long ago people may have proved who they are to the provider; else they do it again."
    )
    imap_host: Line | None = option(None, help="The server that the mail is read from.")
    imap_port: Port | None = option(None, help="Its port. Without it 993 for tls, and 143 for starttls and none.")
    imap_security: tls.Security = option(tls.Security.TLS, help="tls, starttls, or none for a server on this machine.")
    smtp_host: Line | None = option(None, help="The server that mail is handed in at. Without it, none can be sent.")
    smtp_port: Port | None = option(None, help="Its port. Without it 465 for tls, and 587 for starttls and none.")
    smtp_security: tls.Security = option(tls.Security.TLS, help="tls, starttls, or none for a server on this machine.")
    mail_name: Claim | None = option(
        None, help="The claim with the name for the mail servers. Without it email, of microsoft preferred_username."
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not (self.login or self.mail):
            raise ValueError("login and mail are both off, so there is nothing that it is for.")
        self._check_addresses()
        if self.name is Naming.EMAIL and not self.allowed_domains:
            raise ValueError("name = email needs allowed_domains: whose addresses the provider may vouch for.")
        if "openid" not in self.scopes:
            raise ValueError("scopes lacks openid, without which nobody says who somebody is.")
        if self.max_age is not None and self.max_age < timedelta():
            raise ValueError("max_age is less than nothing.")
        if self.mail:
            self._check_mail()

    def _check_addresses(self) -> None:
        own = self.issuer or self.authorization_url or self.token_url or self.keys_url or self.revocation_url
        if self.kind is not Kind.OTHER and own:
            raise ValueError(f"kind = {self.kind.value} brings its issuer and addresses with it; leave them out.")
        if self.kind is not Kind.MICROSOFT and self.tenant != "common":
            raise ValueError("tenant is for kind = microsoft.")
        if self.kind is not Kind.ZOHO and self.region is not Region.COM:
            raise ValueError("region is for kind = zoho.")
        if self.kind is Kind.OTHER and not self.issuer:
            raise ValueError("give issuer, without which nobody says who somebody is, or kind.")

    def _check_mail(self) -> None:
        if self.imap is None:
            raise ValueError("mail = on needs imap_host.")
        if self.kind is Kind.ZOHO and not self.mail_scopes:
            raise ValueError("mail = on needs mail_scopes: Zoho names no scope for IMAP to everybody.")
        for name, host in (("imap_host", self.imap_host), ("smtp_host", self.smtp_host)):
            if host is not None:
                tls.check_name(host, name)
        for server in (self.imap, self.smtp):
            if server is not None:
                tls.check_plaintext(server.host, tls.TlsOptions(server.security))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an admin should know about this provider, in sentences."""
        doubts = (
            *tls.doubt_port(self.imap_port, self.imap_security, tls.IMAP, "imap_port"),
            *tls.doubt_port(self.smtp_port, self.smtp_security, tls.SMTP, "smtp_port"),
        )
        if self.login and self.kind is not Kind.OTHER and not self.allowed_domains and self.tenant == "common":
            return ("Everybody with an account there can log in. Name allowed_domains, unless that is meant.", *doubts)
        return doubts

    @property
    def facts(self) -> Facts:
        """What is known of its kind."""
        return facts_of(self.kind, str(self.tenant), self.region.value)

    @property
    def title(self) -> str:
        """What people read."""
        return str(self.label or self.facts.label or self.provider.capitalize())

    @property
    def fixed(self) -> Endpoints | None:
        """Its addresses where they are known without asking the issuer for them."""
        if self.facts.endpoints is not None:
            return self.facts.endpoints
        if not (self.authorization_url and self.token_url and self.keys_url):
            return None
        return Endpoints(
            str(self.issuer or ""),
            str(self.authorization_url),
            str(self.token_url),
            str(self.keys_url),
            str(self.revocation_url or ""),
        )

    @property
    def imap(self) -> MailServer | None:
        """Where mail is read."""
        usual = 993 if self.imap_security is tls.Security.TLS else 143
        return _server(self.imap_host, self.imap_port, usual, self.imap_security) or self.facts.imap

    @property
    def smtp(self) -> MailServer | None:
        """Where mail is handed in."""
        usual = 465 if self.smtp_security is tls.Security.TLS else 587
        return _server(self.smtp_host, self.smtp_port, usual, self.smtp_security) or self.facts.smtp

    def scopes_for(self, *, mail: bool) -> tuple[str, ...]:
        """What is asked for, the least that does."""
        more = (self.mail_scopes or self.facts.mail_scopes) if mail else ()
        return tuple(dict.fromkeys((*map(str, self.scopes), *map(str, more))))


def _server(host: Line | None, port: Port | None, usual: int, security: tls.Security) -> MailServer | None:
    return MailServer(str(host), int(port or usual), security) if host else None
