"""The handlers of the security pages: recovery codes, and the ways back after a password was changed elsewhere."""

from core import (
    Conflict,
    Devices,
    InputError,
    Keyring,
    LeftBehind,
    LoginNeeded,
    NotFound,
    Notice,
    PasswordCheck,
    Redirect,
    Resealing,
    Revocation,
    Secret,
    Sentence,
    Session,
    User,
    WrapKind,
    recovery,
)
from modules.security.inputs import CodeGroups, OldWay, OneSession, OwnPassword, Sure
from modules.security.module import (
    afresh_page,
    code_page,
    end_others_page,
    end_page,
    keep_code_page,
    make_code_page,
    module,
    open_page,
    security_page,
    unlock_page,
)
from modules.security.results import NewCode, OpenSessions, SecurityPage, UnlockForm
from modules.security.ways import open_with

HERE = "/security"
# Which groups of a new code are asked for: not the first, which everybody would look at.
ASKED = (2, 6)
_PENDING = "security.code"


@module.handler(security_page)
def look_at_security(user: User, session: Session, keyring: Keyring) -> SecurityPage:
    """Whether everything is open, and whether there is a way back when the password is lost."""
    live = [wrap for wrap in keyring.wraps(user.name) if wrap.live]
    codes = [wrap for wrap in live if wrap.kind is WrapKind.RECOVERY]
    kinds = {wrap.kind for wrap in live}
    held = WrapKind.SERVER in kinds and WrapKind.PASSWORD not in kinds
    if not codes:
        return SecurityPage(session.key is None, None, False, held)
    return SecurityPage(session.key is None, codes[0].created, codes[0].last_used > codes[0].created, held)


@module.handler(security_page)
def list_sessions(user: User, session: Session, devices: Devices) -> OpenSessions:
    """Where the user is logged in."""
    return OpenSessions(devices.of(user.name, session.key, session.id))


@module.handler(end_page)
def end_session(one: OneSession, user: User, devices: Devices) -> Redirect:
    """Log one device out."""
    if not devices.end(user.name, one.id):
        raise NotFound(Sentence("That session has ended already."))
    return Redirect(HERE, notice=Notice(Sentence("That device is logged out.")))


@module.handler(end_others_page)
def end_other_sessions(user: User, session: Session, revocation: Revocation) -> Redirect:
    """Log every other device out, and let no browser come in again by what it keeps."""
    revocation.log_out_everywhere(user.name, but=session.id)
    return Redirect(HERE, notice=Notice(Sentence("Every other device is logged out.")))


@module.handler(unlock_page)
def offer_ways(user: User, session: Session, keyring: Keyring) -> UnlockForm | Redirect:
    """The ways back, for whoever needs one."""
    if session.key is not None:
        return Redirect(HERE)
    return UnlockForm(any(wrap.kind is WrapKind.RECOVERY and wrap.live for wrap in keyring.wraps(user.name)))


@module.handler(open_page)
def unlock(
    way: OldWay,
    user: User,
    session: Session,
    keyring: Keyring,
    revocation: Revocation,
    resealing: Resealing | None,
) -> Redirect:
    """Open what is stored by the old password or the recovery code; from now on the new password opens it too."""
    if session.key is None:
        name = user.name
        session.key = open_with(
            way.old_password,
            way.code,
            lambda typed: keyring.unlock(name, typed),
            lambda code: keyring.recover(name, code),
        )
        revocation.log_out_everywhere(user.name, but=session.id)
        _take_new_password(user, session, keyring, session.key)
        if resealing is not None:
            # A renewal of the key may have been cut short before the password was changed elsewhere.
            resealing.settle(user.name, session.key)
    return Redirect("/", notice=Notice(Sentence("Everything is as it was. From now on your new password opens it.")))


@module.handler(afresh_page)
def begin_afresh(
    asked: Sure, user: User, session: Session, keyring: Keyring, left: LeftBehind, revocation: Revocation
) -> Redirect:
    """Leave what is stored behind and begin with the defaults. For a while it can be brought back."""
    if session.key is not None:
        raise Conflict(Sentence("What is stored for you is open: there is nothing to leave behind."))
    if not asked.sure:
        raise InputError("sure", Sentence("has to be ticked, because your settings are left behind"))
    session.key = keyring.begin_afresh(user.name, session.new_password(), left.leave(user.name))
    session.forget_new_password()
    revocation.log_out_everywhere(user.name, but=session.id)
    return Redirect("/", notice=Notice(Sentence("You begin afresh, with the settings that everybody has at first.")))


@module.handler(make_code_page)
def make_code(asked: OwnPassword, user: User, session: Session, check: PasswordCheck) -> Redirect:
    """Make a recovery code; it counts when it was shown and confirmed."""
    _require_open(session)
    check.confirm(user, asked.password)
    session.keep(_PENDING, Secret(recovery.new_recovery_code()))
    return Redirect("/security/code")


@module.handler(code_page)
def show_code(session: Session) -> NewCode | Redirect:
    """The new code, until it was confirmed."""
    if not session.has_secret(_PENDING):
        return Redirect(HERE)
    return NewCode(str(session.secret(_PENDING)), *ASKED)


@module.handler(keep_code_page)
def keep_code(typed: CodeGroups, user: User, session: Session, keyring: Keyring) -> Redirect:
    """From now on the new code opens what is stored, and no other does."""
    if not session.has_secret(_PENDING):
        raise Conflict(Sentence("There is no new recovery code. Make one first."))
    code = str(session.secret(_PENDING))
    groups = code.split("-")
    for field, group, place in (("first", typed.first, ASKED[0]), ("second", typed.second, ASKED[1])):
        if group.strip().upper() != groups[place - 1]:
            raise InputError(field, Sentence("is not what the code says there"))
    keyring.set_recovery(user.name, _require_open(session), recovery.read_recovery_code(code))
    session.forget(_PENDING)
    return Redirect(
        HERE, notice=Notice(Sentence("Your recovery code counts from now on. Keep it where you find it again."))
    )


def _take_new_password(user: User, session: Session, keyring: Keyring, key: bytes) -> None:
    keyring.set_password(user.name, key, session.new_password())
    session.forget_new_password()


def _require_open(session: Session) -> bytes:
    if session.key is None:
        raise LoginNeeded(Sentence("Unlock what is stored for you first."))
    return session.key
