"""The handlers of login: show the form, check the password, go out."""

from core import (
    AtLogout,
    Authenticator,
    Client,
    FormState,
    InputError,
    Login,
    LoginAttempt,
    LoginGate,
    NotAllowed,
    Redirect,
    Sentence,
    Session,
    User,
    Visit,
    in_turn,
)
from modules.login.inputs import Afterwards, Password
from modules.login.module import home_page, login_page, logout_page, module, password_page
from modules.login.results import LoginForm, PasswordLater

START = "/mail/"


@module.handler(home_page)
def go_in() -> Redirect:
    """The site's front door leads to the mail, which asks for a login where one is needed."""
    return Redirect(START)


@module.handler(login_page)
def show_login(
    session: Session, afterwards: Afterwards, form: FormState, later: tuple[PasswordLater, ...], visit: Visit
) -> LoginForm | Redirect:
    """The form for a stranger; a user goes on. Why they are one waits until a person looks, not a script."""
    following = str(afterwards.next or form.value("next"))
    if isinstance(session.visitor, User):
        return Redirect(following or START)
    why = "" if visit.background else session.take_why()
    return LoginForm(following, Sentence.joined(one.help for one in later), why)


@module.handler(password_page)
def check_password(
    submitted: Password,
    gates: tuple[LoginGate, ...],
    authenticators: tuple[Authenticator, ...],
    login: Login,
    client: Client,
) -> Redirect:
    """Ask the authenticators in their order; the first that knows name and password decides. Gates come before them."""
    if not submitted.username.strip():
        raise InputError("username", Sentence("is missing"))
    if not submitted.password:
        raise InputError("password", Sentence("is missing"))
    attempt = LoginAttempt(submitted.username, client)
    for gate in gates:
        gate.admit(attempt)
    for authenticator in in_turn(authenticators):
        identity = authenticator.authenticate(submitted.username.strip(), submitted.password)
        if identity is None:
            continue
        try:
            return login.begin(identity, submitted.next or START, attempt)
        except NotAllowed:
            # Who is barred counts as who guesses: otherwise the counts would tell that the password was right.
            break
    for gate in gates:
        gate.failed(attempt)
    raise NotAllowed(Sentence("The name or the password is wrong."))


@module.handler(logout_page)
def log_out(session: Session, closing: tuple[AtLogout, ...]) -> Redirect:
    """Close what the session has open, then end it."""
    for connection in closing:
        connection.close()
    session.end()
    return Redirect("/login")
