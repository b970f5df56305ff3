"""What is known of the large providers: their addresses, the least scopes for mail, and their mail servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core import tls
from modules.oauth.values import ClientLogin, Kind

# A tenant that stands for several: tokens name the one that their user belongs to.
SHARED_TENANTS = frozenset({"common", "organizations", "consumers"})


@dataclass(frozen=True)
class Endpoints:
    """Where a provider is asked for what. An issuer may hold {tenantid}, in whose place tokens name a tenant."""

    issuer: str
    authorization: str
    token: str
    keys: str = ""
    revocation: str = ""
    # RFC 9207 2.3: a provider that says so has to name itself in every answer.
    tells_issuer: bool = False


@dataclass(frozen=True)
class MailServer:
    """Where a provider's mail is read or handed in."""

    host: str
    port: int
    security: tls.Security = tls.Security.TLS


@dataclass(frozen=True)
class Facts:
    """What is known of a kind of provider before anybody asks it. `offline` asks for a refresh token."""

    label: str = ""
    endpoints: Endpoints | None = None
    mail_scopes: tuple[str, ...] = ()
    offline: Mapping[str, str] = field(default_factory=dict)
    imap: MailServer | None = None
    smtp: MailServer | None = None
    mail_name: str = "email"
    client_login: ClientLogin = ClientLogin.BASIC


def facts_of(kind: Kind, tenant: str = "common", region: str = "com") -> Facts:
    """What is known of a kind; for Microsoft the tenant counts, for Zoho the data centre."""
    if kind is Kind.GOOGLE:
        return _google()
    if kind is Kind.MICROSOFT:
        return _microsoft(tenant)
    if kind is Kind.ZOHO:
        return _zoho(region)
    return Facts(mail_scopes=("offline_access",))


def _google() -> Facts:
    return Facts(
        label="Google",
        endpoints=Endpoints(
            "https://accounts.google.com",
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            "https://www.googleapis.com/oauth2/v3/certs",
            "https://oauth2.googleapis.com/revoke",
        ),
        # No narrower scope opens IMAP and SMTP.
        mail_scopes=("https://mail.google.com/",),
        # Without being asked for consent again, Google gives a refresh token only the first time.
        offline={"access_type": "offline", "prompt": "consent"},
        imap=MailServer("imap.gmail.com", 993),
        smtp=MailServer("smtp.gmail.com", 465),
        client_login=ClientLogin.POST,
    )


def _microsoft(tenant: str) -> Facts:
    home = f"https://login.microsoftonline.com/{tenant}"
    named = "{tenantid}" if tenant in SHARED_TENANTS else tenant
    return Facts(
        label="Microsoft",
        # Microsoft revokes no single token: people do that at https://myaccount.microsoft.com.
        endpoints=Endpoints(
            f"https://login.microsoftonline.com/{named}/v2.0",
            f"{home}/oauth2/v2.0/authorize",
            f"{home}/oauth2/v2.0/token",
            f"{home}/discovery/v2.0/keys",
        ),
        mail_scopes=(
            "offline_access",
            "https://outlook.office.com/IMAP.AccessAsUser.All",
            "https://outlook.office.com/SMTP.Send",
        ),
        imap=MailServer("outlook.office365.com", 993),
        smtp=MailServer("smtp.office365.com", 587, tls.Security.STARTTLS),
        mail_name="preferred_username",
        client_login=ClientLogin.POST,
    )


def _zoho(region: str) -> Facts:
    home = f"https://accounts.zoho.{region}"
    return Facts(
        label="Zoho",
        endpoints=Endpoints(
            home,
            f"{home}/oauth/v2/auth",
            f"{home}/oauth/v2/token",
            f"{home}/oauth/v2/keys",
            f"{home}/oauth/v2/token/revoke",
        ),
        # Zoho publishes no scope for IMAP: an admin who was given one names it in mail_scopes.
        offline={"access_type": "offline", "prompt": "consent"},
        imap=MailServer(f"imap.zoho.{region}", 993),
        smtp=MailServer(f"smtp.zoho.{region}", 465),
        client_login=ClientLogin.POST,
    )
