"""The handlers of oauth: send browsers to a provider, take them back, and take connections apart."""

from urllib.parse import urlsplit

from core import (
    Client,
    Identity,
    Login,
    LoginAttempt,
    LoginGate,
    NotFound,
    Notice,
    Redirect,
    Refusal,
    Secret,
    Sentence,
    Session,
    UpstreamError,
    User,
)
from modules.oauth.access import MAIN, AccessTokens
from modules.oauth.answers import Answers, Proven
from modules.oauth.connecting import Connected, Connecting, hold, take
from modules.oauth.errors import Denied
from modules.oauth.flow import CONNECT, LOGIN, Flow, Flows
from modules.oauth.inputs import Afterwards, Answer, OneAccount, OneProvider, Pending, WhichAccount
from modules.oauth.module import (
    begin_page,
    connect_page,
    disconnect_page,
    finish_page,
    leave_page,
    module,
    return_page,
)
from modules.oauth.person import mail_name_of, person_of
from modules.oauth.providers import Providers
from modules.oauth.results import Leaving
from modules.oauth.revocations import Revocations
from modules.oauth.services import MAIL, USERNAME, WAY, keep_fresh

START = "/mail/"
LEAVE, FINISH, SECURITY, ACCOUNTS = "/oauth/leave", "/oauth/finish", "/security", "/accounts"


@module.handler(begin_page)
def begin(one: OneProvider, afterwards: Afterwards, session: Session, providers: Providers, flows: Flows) -> Redirect:
    """Begin to log in by a provider, from this browser and no other."""
    if isinstance(session.visitor, User):
        return Redirect(str(afterwards.next or START))
    if not providers.get(one.provider).login:
        raise NotFound(Sentence("There is no such provider here."))
    flows.begin(one.provider, LOGIN, afterwards=str(afterwards.next or START))
    return Redirect(LEAVE)


@module.handler(connect_page)
def connect(one: OneProvider, which: WhichAccount, user: User, providers: Providers, flows: Flows) -> Redirect:
    """Begin to connect a mailbox, anew or again, for this user in this session."""
    if not providers.get(one.provider).mail:
        raise NotFound(Sentence("There is no such provider here."))
    flows.begin(one.provider, CONNECT, account=str(which.account or ""))
    return Redirect(LEAVE)


@module.handler(leave_page)
def leave(pending: Pending, flows: Flows, answers: Answers, providers: Providers) -> Leaving:
    """Show where it goes on, for whoever began; a browser goes there by itself.

    A form must not lead to another site by itself: browsers would have to be allowed to send forms anywhere.
    """
    flow = flows.read(str(pending.oauth))
    address = answers.address(flow)
    return Leaving(providers.get(flow.provider).title, urlsplit(address).hostname or "", address)


@module.handler(return_page)
def come_back(
    one: OneProvider,
    answer: Answer,
    pending: Pending,
    flows: Flows,
    answers: Answers,
    session: Session,
    client: Client,
    gates: tuple[LoginGate, ...],
    login: Login,
) -> Redirect:
    """Take what the provider says, and go on in: to the mail, or to the account that was connected."""
    try:
        flow = flows.take(str(pending.oauth), str(answer.state), str(one.provider))
        proven = answers.prove(flow, answer)
        if flow.purpose == CONNECT:
            hold(session, _connected(flow, proven))
            return Redirect(FINISH)
        return _let_in(flow, proven, session, client, gates, login)
    except (Refusal, UpstreamError) as error:
        if isinstance(session.visitor, User):
            # The login page, which tells strangers, is not for them.
            return Redirect(SECURITY, notice=Notice(str(error), "problem"))
        raise


@module.handler(finish_page)
def finish(
    user: User, session: Session, providers: Providers, access: AccessTokens, connecting: Connecting | None
) -> Redirect:
    """Keep the mailbox that was just connected."""
    connected = take(session)
    if connected is None:
        return Redirect(START)
    provider = providers.get(connected.provider)
    try:
        if connected.account == MAIN:
            name = _same_mailbox(session, connected)
        elif connecting is None:
            raise NotFound(Sentence("Further mailboxes cannot be connected here."))
        else:
            name = connecting.keep(connected, provider)
    except Refusal as error:
        return Redirect(SECURITY if connected.account == MAIN else ACCOUNTS, notice=Notice(str(error), "problem"))
    access.keep(name, provider, connected.tokens)
    told = Sentence("%(address)s is connected.", address=connected.address or connected.username)
    return Redirect(f"/mail/{name}/INBOX/", notice=Notice(told))


@module.handler(disconnect_page)
def disconnect(one: OneAccount, user: User, access: AccessTokens, revocations: Revocations) -> Redirect:
    """Take this site's access to a mailbox back."""
    revocations.try_again()
    access.disconnect(str(one.account))
    return Redirect(
        SECURITY, notice=Notice(Sentence("The mailbox is disconnected. Nothing that opens it is kept any more."))
    )


def _let_in(
    flow: Flow, proven: Proven, session: Session, client: Client, gates: tuple[LoginGate, ...], login: Login
) -> Redirect:
    provider = proven.provider
    if isinstance(session.visitor, User):
        raise Denied(Sentence("You are logged in already. Log out first, to log in as somebody else."))
    if not provider.login:
        raise Denied(Sentence("Nobody logs in by %(provider)s here.", provider=provider.title))
    person = person_of(proven.claims, provider, proven.issuer)
    # Nobody guesses at a provider through this site, so only what bars a name counts here.
    attempt = LoginAttempt(person.name, client, by_key=True)
    for gate in gates:
        gate.admit(attempt)
    # Whoever came as far as a password before may be somebody else: nothing of that login is for this one.
    session.secrets.clear()
    secrets = {WAY: Secret(provider.provider)}
    if provider.mail and person.mail_name:
        secrets |= {MAIL: Secret(provider.provider), USERNAME: Secret(person.mail_name)}
        keep_fresh(session, provider.provider, proven.tokens)
    identity = Identity(
        person.name, secrets, roles=person.roles, display_name=person.display_name, address=person.address
    )
    return login.begin(identity, flow.afterwards or START, attempt)


def _connected(flow: Flow, proven: Proven) -> Connected:
    username = mail_name_of(proven.claims, proven.provider)
    if not username:
        raise Denied(Sentence("%(provider)s does not say which mailbox is yours.", provider=proven.provider.title))
    address = proven.claims.get("email")
    named = proven.claims.get("name")
    return Connected(
        str(proven.provider.provider),
        flow.account,
        username,
        address if isinstance(address, str) else username,
        named if isinstance(named, str) else "",
        proven.tokens,
    )


def _same_mailbox(session: Session, connected: Connected) -> str:
    """Raise Denied where the mailbox of the login would become another one."""
    if not session.has_secret(USERNAME) or str(session.secret(USERNAME)) != connected.username:
        raise Denied(
            Sentence(
                "You were logged in at the provider as %(name)s, which is another mailbox. Choose the right one there.",
                name=connected.username,
            )
        )
    return MAIN
