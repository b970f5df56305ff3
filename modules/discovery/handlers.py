"""The handlers of found servers: show them, let them be named, and log in there once they were confirmed."""

import dataclasses

from core import (
    Authenticator,
    Client,
    Conflict,
    FormState,
    Identity,
    InputError,
    Login,
    LoginAttempt,
    LoginGate,
    LoginNeeded,
    NotAllowed,
    OwnAuthenticator,
    Redirect,
    Secret,
    Sentence,
    Session,
    User,
    tls,
)
from modules.discovery.access import Reach, secrets_of
from modules.discovery.config import DiscoveryConfig
from modules.discovery.finder import Discovery
from modules.discovery.inputs import Confirmed, Encryption, Kept, NamedByHand, Sealed
from modules.discovery.model import FoundServer, FoundServers, Source, user_name
from modules.discovery.module import confirm_page, hand_page, module, named_page, servers_page
from modules.discovery.proposals import LASTS, Proposal, Proposals
from modules.discovery.results import HandPage, ServersPage
from modules.discovery.values import HostName, MailAddress
from modules.discovery.vouchers import Vouchers
from modules.imap.api import ImapConfig
from modules.login.api import Password, PasswordLater, check_password, password_page

COOKIE = "discovery_servers"
SERVERS, BY_HAND, LOGIN = "/login/servers", "/login/servers/by-hand", "/login"
START = "/mail/"


@module.service
def ask_later(config: DiscoveryConfig) -> PasswordLater | None:
    """The login form asks for no password where an address is enough to begin with."""
    if not config.login:
        return None
    return PasswordLater(Sentence("For an address of another provider leave this empty: its servers are shown first."))


class OwnAccounts:
    """The accounts that this site keeps by itself, at the login."""

    def __init__(
        self, authenticators: tuple[Authenticator, ...], gates: tuple[LoginGate, ...], login: Login, client: Client
    ) -> None:
        self._own = [one for one in authenticators if isinstance(one, OwnAuthenticator)]
        self._gates = gates
        self._login = login
        self._client = client

    def let_in(self, submitted: Password) -> Redirect | None:
        """Log in whoever has such an account; a password that is wrong counts as it does everywhere."""
        if not self._own:
            return None
        attempt = LoginAttempt(submitted.username, self._client)
        for gate in self._gates:
            gate.admit(attempt)
        for authenticator in self._own:
            identity = authenticator.authenticate(submitted.username.strip(), submitted.password)
            if identity is None:
                continue
            try:
                return self._login.begin(identity, submitted.next or START, attempt)
            except NotAllowed:
                # Who is barred goes on as who guessed wrong.
                break
        for gate in self._gates:
            gate.failed(attempt)
        return None


@module.service
def own_accounts(
    authenticators: tuple[Authenticator, ...], gates: tuple[LoginGate, ...], login: Login, client: Client
) -> OwnAccounts:
    """The accounts that this site keeps by itself."""
    return OwnAccounts(authenticators, gates, login, client)


@module.handler(password_page, before=(check_password,))
def lead_to_servers(
    submitted: Password,
    config: DiscoveryConfig,
    imap: ImapConfig,
    discovery: Discovery,
    proposals: Proposals,
    session: Session,
    here: OwnAccounts,
) -> Redirect | None:
    """Lead an address to its servers, unless it is one of this site or of an account that the site itself keeps.

    A password that was typed already is shown to the site's own accounts, and sent to nobody.
    """
    try:
        address = MailAddress.parse(submitted.username)
    except ValueError:
        return None
    is_own = imap.login and imap.domain is not None and address.domain == imap.domain.lower()
    if not config.login or is_own or not config.looks_for(address.domain):
        return None
    if submitted.password and (entered := here.let_in(submitted)) is not None:
        return entered
    found = discovery.find(address)
    if found is not None and imap.login and found.imap.host == imap.host:
        return None
    _keep(session, proposals, Proposal(address, found, str(submitted.next or START)))
    return Redirect(SERVERS)


@module.handler(servers_page)
def show_servers(
    kept: Kept, form: FormState, session: Session, proposals: Proposals, config: DiscoveryConfig
) -> ServersPage | Redirect:
    """The servers that were found, for whoever asked for them."""
    if isinstance(session.visitor, User):
        return Redirect(START)
    sealed = form.value("servers") or str(kept.discovery_servers)
    proposal = proposals.open(sealed)
    if proposal is None or not config.login:
        return Redirect(LOGIN)
    return ServersPage(proposal.address, proposal.servers, sealed, proposal.next, config.by_hand)


@module.handler(confirm_page)
def log_in_there(
    confirmed: Confirmed,
    proposals: Proposals,
    vouchers: Vouchers,
    config: DiscoveryConfig,
    gates: tuple[LoginGate, ...],
    login: Login,
    client: Client,
    session: Session,
) -> Redirect:
    """Send the password to the servers that were shown. It goes nowhere before this form came, and nowhere else."""
    proposal = _opened(proposals, confirmed.servers, config)
    address, servers = proposal.address, proposal.servers
    if servers is None:
        raise Conflict(Sentence("No servers are known for %(address)s.", address=address))
    if not confirmed.password:
        raise InputError("password", Sentence("is missing"))
    # A server that somebody named must not begin the counts of an address anew: it counts for its own users.
    attempt = LoginAttempt(user_name(address, servers), client)
    for gate in gates:
        gate.admit(attempt)
    if not Reach(config).lets_in(servers, confirmed.password):
        for gate in gates:
            gate.failed(attempt)
        raise NotAllowed(Sentence("%(host)s does not take this name and password.", host=servers.imap.host))
    name = vouchers.confirm(address, servers)
    session.leave_with_browser(COOKIE, Secret(""), LASTS * 0)
    identity = Identity(name, secrets_of(servers, confirmed.password), confirmed.password, address=str(address))
    return login.begin(identity, proposal.next, attempt)


@module.handler(hand_page)
def show_form(
    kept: Kept, form: FormState, session: Session, proposals: Proposals, config: DiscoveryConfig
) -> HandPage | Redirect:
    """The form for servers, filled with those that were found."""
    sealed = form.value("servers") or str(kept.discovery_servers)
    proposal = proposals.open(sealed)
    if isinstance(session.visitor, User) or proposal is None or not (config.login and config.by_hand):
        return Redirect(LOGIN)
    return HandPage(proposal.address, proposal.servers, sealed)


@module.handler(named_page)
def name_servers(
    named: NamedByHand, proposals: Proposals, discovery: Discovery, config: DiscoveryConfig, session: Session
) -> Redirect:
    """Show the servers that somebody named, to be confirmed as found ones are."""
    proposal = _opened(proposals, named.servers, config)
    if not config.by_hand:
        raise NotAllowed(Sentence("This site opens no mailboxes at servers that its users name."))
    imap = FoundServer(named.imap_host, int(named.imap_port), _security(named.imap_security), str(named.username))
    smtp = _smtp(named)
    for field, server in (("imap_host", imap), ("smtp_host", smtp)):
        if server is not None and not discovery.may_connect(server):
            raise InputError(field, Sentence("is no mail server that this site connects to, at this port"))
    servers = FoundServers(imap, smtp, None, Source.HAND)
    found = proposal.servers
    if found is not None and imap == found.imap and (smtp is None or _is_same_place(smtp, found.smtp)):
        # What was found still vouches for the address.
        servers = dataclasses.replace(found, smtp=found.smtp if smtp is not None else None)
    _keep(session, proposals, Proposal(proposal.address, servers, proposal.next))
    return Redirect(SERVERS)


def _keep(session: Session, proposals: Proposals, proposal: Proposal) -> None:
    session.leave_with_browser(COOKIE, proposals.seal(proposal), LASTS)


def _opened(proposals: Proposals, sealed: Sealed, config: DiscoveryConfig) -> Proposal:
    """What was shown. Raises LoginNeeded where it is too old, and NotAllowed where nobody logs in this way."""
    if not config.login:
        raise NotAllowed(Sentence("This site opens no mailboxes by their address."))
    proposal = proposals.open(sealed)
    if proposal is None:
        raise LoginNeeded(Sentence("This took too long. Begin with your address again."))
    return proposal


def _smtp(named: NamedByHand) -> FoundServer | None:
    if named.smtp_host is None:
        return None
    if named.smtp_port is None:
        raise InputError("smtp_port", Sentence("is missing"))
    security = _security(named.smtp_security or Encryption.TLS)
    return FoundServer(HostName(named.smtp_host), int(named.smtp_port), security, str(named.username))


def _is_same_place(named: FoundServer, found: FoundServer | None) -> bool:
    """Whether somebody named the server that was found; it may want another name to log in than the mailbox does."""
    return found is not None and named == dataclasses.replace(found, username=named.username)


def _security(chosen: Encryption) -> tls.Security:
    return tls.Security(chosen.value)
