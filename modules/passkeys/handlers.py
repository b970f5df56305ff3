"""The handlers of a user's own passkeys: see them, add one, change what they are for, remove them."""

from core import AtFarewell, Conflict, InputError, Line, Notice, PasswordCheck, Redirect, Sentence, Session, User
from modules.passkeys.ceremony import ALGORITHMS, as_letters
from modules.passkeys.factors import OtherFactor
from modules.passkeys.inputs import FactorChoice, MadeKey, NewKey, OneKey, ProvenKey, Removal, Renaming, Use
from modules.passkeys.logins import Logins
from modules.passkeys.module import (
    add_page,
    begin_page,
    factor_page,
    list_page,
    module,
    name_page,
    one_page,
    remove_page,
    seal_page,
)
from modules.passkeys.party import RelyingParty
from modules.passkeys.proofs import Proofs
from modules.passkeys.results import Added, KeyList, KeyPage, KeyRequest, KeyView, NewKeyRequest
from modules.passkeys.store import MOST, Passkey, Passkeys
from modules.security.api import security_page

HERE = "/security/passkeys"
_SEAL = "seal"


@module.service
def take_leave(passkeys: Passkeys) -> AtFarewell:
    """A user's passkeys go with them; what they opened is the core's to erase."""

    def erase(user: str) -> None:
        passkeys.forget(user)

    return AtFarewell(erase)


@module.handler(security_page, list_page)
def list_keys(user: User, session: Session, passkeys: Passkeys, logins: Logins, party: RelyingParty) -> KeyList:
    """The user's passkeys."""
    own, working = passkeys.of(user.name), logins.working(user.name)
    views = tuple(_view(passkey, working) for passkey in own)
    return KeyList(views, party.id, len(own) >= MOST, session.key is None)


@module.handler(begin_page)
def begin(
    new: NewKey,
    user: User,
    session: Session,
    passkeys: Passkeys,
    proofs: Proofs,
    party: RelyingParty,
    check: PasswordCheck,
) -> Redirect:
    """Tell the browser what to make, once the password was right."""
    own = passkeys.of(user.name)
    if len(own) >= MOST:
        raise Conflict(Sentence("You have %(most)s passkeys. Remove one before you add another.", most=MOST))
    if new.use is Use.LOGIN and session.key is None:
        raise Conflict(Sentence("Unlock what is stored for you first."))
    check.confirm(user, new.password)
    request = NewKeyRequest(
        challenge=proofs.challenge(_making(new.use), _visitor(session)),
        domain=party.id,
        site=party.name,
        salt=as_letters(party.salt),
        handle=as_letters(passkeys.handle(user.name)),
        user=user.name,
        known=tuple(as_letters(passkey.credential) for passkey in own),
        login=new.use is Use.LOGIN,
        algorithms=ALGORITHMS,
    )
    return Redirect(HERE, request)


@module.handler(add_page)
def add(made: MadeKey, user: User, session: Session, passkeys: Passkeys, proofs: Proofs, logins: Logins) -> Redirect:
    """Keep the passkey that was made; one that gave its key material as well opens the user's login from now on."""
    is_login = made.use is Use.LOGIN
    credential = proofs.made(made.answer, _making(made.use), _visitor(session), verified=is_login)
    passkey = passkeys.add(user.name, made.name, credential, asked=not is_login)
    request = None
    if is_login and made.material is not None:
        logins.keep(passkey, session, made.material.octets)
    elif is_login:
        request = _sealing(proofs, session, passkey)
    return Redirect(
        f"{HERE}/{passkey.id}",
        Added(passkey.id, request),
        Notice(Sentence("%(name)s was added.", name=passkey.name)),
    )


@module.handler(one_page)
def look_at_key(
    one: OneKey,
    user: User,
    session: Session,
    passkeys: Passkeys,
    logins: Logins,
    proofs: Proofs,
    party: RelyingParty,
    other: OtherFactor | None,
) -> KeyPage:
    """One passkey, and what goes with it when it is removed."""
    passkey, working = passkeys.get(user.name, one.id), logins.working(user.name)
    return KeyPage(
        _view(passkey, working),
        _sealing(proofs, session, passkey),
        party.id,
        is_last_login=working == {passkey.id},
        is_last_factor=_is_last_factor(passkey, passkeys, other),
        required=other is not None and other.required(user.roles),
        locked=session.key is None,
    )


@module.handler(seal_page)
def seal(
    one: OneKey,
    proven: ProvenKey,
    user: User,
    session: Session,
    passkeys: Passkeys,
    proofs: Proofs,
    logins: Logins,
) -> Redirect:
    """From now on the passkey opens the user's login as it is in this session."""
    passkey = proofs.prove(proven.answer, _SEAL, _visitor(session), user=user.name, verified=True)
    if passkey.id != one.id:
        raise InputError("answer", Sentence("is another passkey's"))
    if proven.material is None:
        raise Conflict(Sentence("This passkey cannot open your data, so it is a second factor only."))
    logins.keep(passkey, session, proven.material.octets)
    return Redirect(f"{HERE}/{passkey.id}", notice=Notice(Sentence("This passkey logs you in from now on.")))


@module.handler(name_page)
def rename(one: OneKey, renaming: Renaming, user: User, passkeys: Passkeys) -> Redirect:
    """Call a passkey something else."""
    passkeys.rename(passkeys.get(user.name, one.id), renaming.name)
    return Redirect(f"{HERE}/{one.id}", notice=Notice(Sentence("The name was changed.")))


@module.handler(factor_page)
def choose_factor(
    one: OneKey,
    choice: FactorChoice,
    user: User,
    passkeys: Passkeys,
    check: PasswordCheck,
    other: OtherFactor | None,
) -> Redirect:
    """Whether the passkey is asked for after the password."""
    passkey = passkeys.get(user.name, one.id)
    check.confirm(user, choice.password)
    if not choice.asked:
        _refuse_last(passkey, user, passkeys, other)
    passkeys.ask_for(passkey, choice.asked)
    said = (
        Sentence("From now on it is asked for after your password.")
        if choice.asked
        else Sentence("It is not asked for after your password any more.")
    )
    return Redirect(f"{HERE}/{one.id}", notice=Notice(said))


@module.handler(remove_page)
def remove(
    one: OneKey,
    removal: Removal,
    user: User,
    passkeys: Passkeys,
    logins: Logins,
    check: PasswordCheck,
    other: OtherFactor | None,
) -> Redirect:
    """Take a passkey away, with everything that it opened."""
    passkey = passkeys.get(user.name, one.id)
    check.confirm(user, removal.password)
    _refuse_last(passkey, user, passkeys, other)
    logins.drop(passkey)
    passkeys.remove(passkey)
    return Redirect(HERE, notice=Notice(Sentence("%(name)s was removed.", name=passkey.name)))


@module.command("remove-all")
def remove_all(user: Line, passkeys: Passkeys, logins: Logins) -> str:
    """Remove all passkeys of a user who lost them."""
    for passkey in passkeys.of(user):
        logins.drop(passkey)
    return f"{passkeys.forget(user)} passkeys of {user} were removed."


def _view(passkey: Passkey, working: frozenset[str]) -> KeyView:
    logs_in = passkey.id in working
    return KeyView(
        passkey.id,
        passkey.name,
        passkey.made,
        passkey.last_used,
        logs_in,
        passkey.login is not None and not logs_in,
        passkey.asked,
        passkey.copied,
    )


def _sealing(proofs: Proofs, session: Session, passkey: Passkey) -> KeyRequest:
    return proofs.request(_SEAL, _visitor(session), (passkey,))


def _is_last_factor(passkey: Passkey, passkeys: Passkeys, other: OtherFactor | None) -> bool:
    """Whether without this one the password alone would be enough."""
    others = [one for one in passkeys.of(passkey.user) if one.asked and one.id != passkey.id]
    return passkey.asked and not others and not (other is not None and other.has(passkey.user))


def _refuse_last(passkey: Passkey, user: User, passkeys: Passkeys, other: OtherFactor | None) -> None:
    if other is not None and other.required(user.roles) and _is_last_factor(passkey, passkeys, other):
        raise Conflict(Sentence("This site asks you to have a second factor, and this is your last one. Add another."))


def _making(use: Use) -> str:
    return f"make {use.value}"


def _visitor(session: Session) -> str:
    return f"session {session.id}"
