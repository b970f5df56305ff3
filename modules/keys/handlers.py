"""The handlers of keys: what has to be set up again, and the renewal."""

from collections.abc import Iterable

from core import (
    KeyRenewal,
    Keyring,
    KeyWrap,
    LoginNeeded,
    Notice,
    PasswordCheck,
    Redirect,
    Sentence,
    Session,
    User,
    WrapKind,
)
from modules.keys.inputs import OwnPassword
from modules.keys.module import module, renew_page, renewal_page
from modules.keys.results import RenewalForm, WaysToKeys
from modules.security.api import security_page

HERE = "/security"


@module.handler(security_page)
def look_at_ways(user: User, session: Session, keyring: Keyring) -> WaysToKeys:
    """What a renewal left to be set up again."""
    has_code, others = _counted(wrap for wrap in keyring.wraps(user.name) if not wrap.live)
    return WaysToKeys(has_code, others, session.key is not None)


@module.handler(renewal_page)
def offer_renewal(user: User, session: Session, keyring: Keyring) -> RenewalForm | Redirect:
    """The form; who has to unlock what is stored does that first."""
    if session.key is None:
        return Redirect("/security/unlock")
    return RenewalForm(*_counted(wrap for wrap in keyring.wraps(user.name) if wrap.live))


@module.handler(renew_page)
def renew_keys(asked: OwnPassword, user: User, session: Session, renewal: KeyRenewal, check: PasswordCheck) -> Redirect:
    """Encrypt everything under a new key, end every other session, and go on with a new one."""
    if session.key is None:
        raise LoginNeeded(Sentence("Unlock what is stored for you first."))
    check.confirm(user, asked.password)
    session.key = renewal.renew(user.name, session.key, asked.password, session.id)
    session.renew()
    said = Sentence("Everything is encrypted under a new key, and every other device is logged out.")
    return Redirect(HERE, notice=Notice(said))


def _counted(wraps: Iterable[KeyWrap]) -> tuple[bool, int]:
    """Whether a recovery code is among the ways, and how many passkeys and the like."""
    kinds = [wrap.kind for wrap in wraps]
    return WrapKind.RECOVERY in kinds, kinds.count(WrapKind.OTHER)
