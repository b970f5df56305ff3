"""The relying party (Web Authentication 4): which domain passkeys are made for, and which pages may ask for them."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from core import AppConfig
from modules.passkeys.module import PasskeysConfig, module

LOCAL = "localhost"


@dataclass(frozen=True)
class RelyingParty:
    """This site as passkeys know it. On this very machine any port may ask, because no address says which it is."""

    id: str
    name: str
    origins: frozenset[str]

    def takes(self, origin: str) -> bool:
        """Whether a page of this origin may ask for passkeys of this site."""
        is_local = self.id == LOCAL and re.fullmatch(r"https?://localhost(:[0-9]{1,5})?", origin) is not None
        return is_local or origin in self.origins

    @property
    def salt(self) -> bytes:
        """What every passkey of this site makes its key material from.

        One for the whole site: who logs in is known only once the passkey has answered. What tells users apart is in
        the passkey's own secret, and in how the page derives the key from what the passkey gave.
        """
        return hashlib.sha256(b"hm3 prf v1" + self.id.encode()).digest()


@module.service
def settle_party(config: PasskeysConfig, app: AppConfig) -> RelyingParty:
    """The relying party that hm3.ini describes."""
    address = str(app.address or "")
    hosts = [urlsplit(address).hostname or "", *(str(host) for host in app.allowed_hosts)]
    domain = str(config.rp_id or "") or next(filter(None, hosts), LOCAL)
    named = {f"https://{host}" for host in (*hosts, domain) if host == domain or host.endswith(f".{domain}")}
    return RelyingParty(domain, str(app.name), frozenset(named | ({address} if address else set())))
