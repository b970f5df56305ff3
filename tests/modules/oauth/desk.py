"""One user's tokens in one session, before a real provider and a real database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from core import Clock, Line, Secret, ServerKeys, Session, User, VaultKeys
from core.database.engine import Database, open_database
from core.loader import SHIPPED
from core.security.crypto import new_key
from modules.oauth.access import AccessTokens
from modules.oauth.client import ProviderClient, Request, Tokens
from modules.oauth.config import OauthConfig, ProviderConfig
from modules.oauth.handover import Handover
from modules.oauth.providers import Providers
from modules.oauth.revocations import Revocations
from modules.oauth.values import Issuer, ProviderName
from modules.oauth.vault import Vault
from tests.modules.oauth.site import AT_HOME, asked_for
from tests.servers.authorization import CLIENT_ID, CLIENT_SECRET, Provider

VERIFIER = "v" * 50


@dataclass
class Desk:
    """The parts, each as a site has it."""

    database: Database
    provider: Provider
    config: ProviderConfig
    vault_key: list[bytes] = field(default_factory=lambda: [new_key()])
    root: bytes = field(default_factory=new_key)
    handover: Handover = field(default_factory=Handover)
    ahead: timedelta = timedelta()
    data_key: bytes = field(default_factory=new_key)

    def __post_init__(self) -> None:
        self.clock = Clock(lambda: datetime.now(UTC) + self.ahead)
        self.providers = Providers(OauthConfig(), (self.config,), AT_HOME)
        self.vault = Vault(self.database, ServerKeys(self.root), VaultKeys(lambda: self.vault_key), self.clock)
        self.revocations = Revocations(self.database, VaultKeys(lambda: self.vault_key), self.providers, self.clock)

    def session(self, name: str = "one", *, locked: bool = False, user: str = "ada") -> Session:
        return Session(id=name, visitor=User(user), key=None if locked else self.data_key)

    def access(self, session: Session, handover: Handover | None = None) -> AccessTokens:
        return AccessTokens(
            session, self.vault, self.providers, handover or self.handover, self.revocations, self.clock
        )

    def client(self) -> ProviderClient:
        return self.providers.client(self.config)

    def consent(self) -> Tokens:
        """Tokens, as somebody gets them who allows everything."""
        client = self.client()
        address = client.authorization_address(Request("s", "n", VERIFIER, ("openid", "email")))
        back = requests.get(address, allow_redirects=False, timeout=60).headers["Location"]
        return client.exchange(asked_for(back)["code"], VERIFIER)

    def connected(self, account: str = "main") -> Session:
        """A session whose user just connected an account."""
        session = self.session()
        self.access(session).keep(account, self.config, self.consent())
        return session

    def dump(self) -> bytes:
        """Every octet of the database."""
        with self.database.write() as connection:
            connection.exec_driver_sql("SELECT 1")
        folder = Path(str(self.database.engine.url.database)).parent
        return b"".join(file.read_bytes() for file in sorted(folder.glob("hm3.sqlite*")))


@contextmanager
def sit_down(folder: Path, provider: Provider) -> Iterator[Desk]:
    """A desk with its database in a folder."""
    provider.redirects.add(f"{AT_HOME}/oauth/return/work")
    database = open_database(folder, migrations=[SHIPPED / "oauth" / "migrations"])
    config = ProviderConfig(
        provider=ProviderName("work"),
        client_id=Line(CLIENT_ID),
        client_secret=Secret(CLIENT_SECRET),
        issuer=Issuer(provider.issuer),
        label=Line("Work"),
        mail=True,
        imap_host=Line("localhost"),
    )
    yield Desk(database, provider, config)
    database.close()
