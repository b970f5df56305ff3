"""The handlers of a passkey that opens what is stored when the password was changed elsewhere."""

from core import Conflict, Keyring, NotAllowed, Notice, Redirect, Revocation, Sentence, Session, User
from modules.passkeys.inputs import ProvenKey
from modules.passkeys.logins import Logins
from modules.passkeys.module import module, unlock_page, unlock_request_page
from modules.passkeys.party import RelyingParty
from modules.passkeys.proofs import Proofs
from modules.passkeys.results import KeyRequest, KeyUnlock
from modules.passkeys.store import Passkeys
from modules.security.api import UnlockForm
from modules.security.api import unlock_page as ways_page

_UNLOCK = "unlock"


@module.handler(ways_page)
def offer_key(page: UnlockForm, user: User, logins: Logins, party: RelyingParty) -> KeyUnlock | None:
    """Whether a passkey is one of the ways back."""
    return KeyUnlock(party.id) if logins.working(user.name) else None


@module.handler(unlock_request_page)
def ask_user(user: User, session: Session, passkeys: Passkeys, logins: Logins, proofs: Proofs) -> KeyRequest:
    """What the browser asks for: any passkey of the user's that opens their data."""
    working = logins.working(user.name)
    keys = tuple(passkey for passkey in passkeys.of(user.name) if passkey.id in working)
    if not keys:
        raise Conflict(Sentence("None of your passkeys opens your data. Choose another way."))
    return proofs.request(_UNLOCK, _visitor(session), keys)


@module.handler(unlock_page)
def unlock(
    proven: ProvenKey,
    user: User,
    session: Session,
    proofs: Proofs,
    logins: Logins,
    keyring: Keyring,
    revocation: Revocation,
) -> Redirect:
    """Open what is stored; from now on the new password opens it too, and the passkey knows the new password."""
    passkey = proofs.prove(proven.answer, _UNLOCK, _visitor(session), user=user.name, verified=True)
    if session.key is None:
        key = logins.data_key(passkey, proven.material.octets) if proven.material is not None else None
        if key is None or proven.material is None:
            raise NotAllowed(Sentence("This passkey does not open your data. Choose another way."))
        keyring.set_password(user.name, key, session.new_password())
        session.key = key
        revocation.log_out_everywhere(user.name, but=session.id)
        session.forget_new_password()
        logins.keep(passkey, session, proven.material.octets)
    return Redirect("/", notice=Notice(Sentence("Everything is as it was. From now on your new password opens it.")))


def _visitor(session: Session) -> str:
    return f"session {session.id}"
