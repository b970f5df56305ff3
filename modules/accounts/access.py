"""How saved accounts are reached: their servers and secrets, for reading and for sending."""

from collections.abc import Callable
from dataclasses import replace

from core import InputError, Line, Port, Secret, Sentence, Session, SetupNeeded, UpstreamError, tls
from modules.accounts.config import AccountsConfig
from modules.accounts.model import SavedAccount, is_inner
from modules.accounts.store import Accounts
from modules.accounts.tokens import AccountTokens
from modules.imap.api import MAIN, Access, Credentials, ImapConfig, Mechanism, Server, WrongPassword, connect
from modules.mail.api import AccountName, MailAccount
from modules.smtp.api import Authentication, Route, SaslMechanism, SmtpConfig, open_connection
from modules.smtp.api import Credentials as SubmissionCredentials

CURRENT = "accounts.current"


class SavedAccess:
    """The saved accounts of a user, for mail to be read and sent by."""

    def __init__(
        self,
        accounts: Accounts,
        session: Session,
        config: AccountsConfig,
        imap: ImapConfig,
        smtp: SmtpConfig,
        tokens: tuple[AccountTokens, ...],
    ) -> None:
        self._accounts = accounts
        self._session = session
        self._config = config
        self._imap = imap
        self._smtp = smtp
        self._tokens = tokens

    def all(self) -> tuple[MailAccount, ...]:
        """The saved accounts in their order."""
        return tuple(_told(account) for account in self._accounts.all())

    def find_mailbox(self, name: AccountName | None) -> Access | None:
        """An account to read, by its name or the one that was looked at last. Raises what tokens raise."""
        account = self._find(name)
        if account is None:
            return None
        password, token = self._secrets(account)
        return Access(
            _told(account),
            self.imap_server(account),
            Credentials(account.username, password, token),
            self._refused(account),
        )

    def find_submission(self, name: AccountName) -> Route | None:
        """The way to send from an account. Raises UpstreamError where it has no server for that."""
        account = self._find(name)
        if account is None:
            return None
        if account.smtp is None:
            raise UpstreamError(
                Sentence("%(title)s has no server to send by. Name one in its settings.", title=account.title)
            )
        password, token = self._secrets(account)
        return self.route(account, password, token)

    def check(self, account: SavedAccount, password: Secret) -> None:
        """Log in to the account's servers. Raises InputError naming the field that is to blame."""
        for field, server in (("imap", account.imap), ("smtp", account.smtp)):
            if server is not None and not self._config.allows(server.host):
                raise InputError(f"{field}_host", Sentence("is a server that this site does not connect to"))
            if server is not None and server.port not in self._config.ports:
                allowed = ", ".join(str(port) for port in self._config.ports)
                raise InputError(f"{field}_port", Sentence("is not one of %(allowed)s", allowed=allowed))
        _try("imap_host", lambda: self._try_imap(account, password))
        if account.smtp is not None:
            _try("smtp_host", lambda: self._try_smtp(account, password))

    def imap_server(self, account: SavedAccount) -> Server:
        """An account's IMAP server; only a good certificate is trusted, whatever counts for the site's own."""
        options = tls.TlsOptions(account.imap.encryption.security, self._config.ca_file)
        return Server(
            host=account.imap.host,
            port=account.imap.port,
            options=options,
            mechanism=Mechanism.AUTOMATIC,
            connect_timeout=self._imap.connect_timeout.total_seconds(),
            read_timeout=self._imap.timeout.total_seconds(),
            outside=not self._config.inner_networks,
        )

    def route(self, account: SavedAccount, password: Secret | None, token: Secret | None) -> Route:
        """The way to an account's submission server."""
        assert account.smtp is not None, "asked for accounts that can send"
        config = replace(
            self._smtp,
            host=Line(account.smtp.host),
            port=Port(account.smtp.port),
            security=account.smtp.encryption.security,
            ca_file=self._config.ca_file,
            pinned_certificate=None,
            verify=tls.Verification.CERTIFICATE,
            authentication=Authentication.LOGIN,
            mechanism=SaslMechanism.AUTOMATIC,
            username=None,
            password=None,
        )
        known = SubmissionCredentials(account.username, token or password or Secret(""), token is not None)
        return Route(config, known, outside=not self._config.inner_networks)

    def _find(self, name: AccountName | None) -> SavedAccount | None:
        if name is None and self._session.has_secret(CURRENT):
            name = AccountName(str(self._session.secret(CURRENT)))
        # The mailbox of the log-in is never a saved one (see new_name): nothing is asked for its sake.
        return self._accounts.get(name) if name not in (None, MAIN) else None

    def _secrets(self, account: SavedAccount) -> tuple[Secret | None, Secret | None]:
        """Password and token, one of which there is. Raises SetupNeeded where the user has to give one."""
        if account.provider:
            for tokens in self._tokens:
                if tokens.knows(account):
                    return None, tokens.token(account)
            raise SetupNeeded(
                Sentence("%(title)s cannot be opened: its provider is switched off here.", title=account.title),
                _path(account),
            )
        password = self._accounts.secret(account.name)
        if password is None:
            raise SetupNeeded(Sentence("Type the password of %(title)s.", title=account.title), _path(account))
        return password, None

    def _refused(self, account: SavedAccount) -> Callable[[WrongPassword], None]:
        """What to do when the server takes the password, or the token, no more."""
        tokens = next((one for one in self._tokens if account.provider and one.knows(account)), None)

        def ask_again(error: WrongPassword) -> None:
            if tokens is None:
                told = Sentence("%(title)s takes its password no more. Type the new one.", title=account.title)
                raise SetupNeeded(told, _path(account)) from error
            tokens.refused(account)
            raise UpstreamError(
                Sentence(
                    "The mail server let nobody in just now, and the provider was asked again. Please try once more."
                )
            ) from error

        return ask_again

    def _try_imap(self, account: SavedAccount, password: Secret) -> None:
        connect(self.imap_server(account), Credentials(account.username, password)).close_quietly()

    def _try_smtp(self, account: SavedAccount, password: Secret) -> None:
        route = self.route(account, password, None)
        open_connection(route.config, route.credentials, outside=route.outside).close()


def _told(account: SavedAccount) -> MailAccount:
    return MailAccount(account.name, account.address, account.display_name)


def _path(account: SavedAccount) -> str:
    return f"/accounts/{account.name}"


def _try(field: str, act: Callable[[], None]) -> None:
    try:
        act()
    except WrongPassword as error:
        raise InputError("password", Sentence("is not taken by the server: %(told)s", told=str(error))) from error
    except UpstreamError as error:
        if is_inner(error):
            raise InputError(field, Sentence("is not on the open net")) from error
        raise InputError(field, Sentence("does not work: %(told)s", told=str(error))) from error
