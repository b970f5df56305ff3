"""The handlers of throttle: whoever is locked out shows by their recovery code that the name is theirs."""

from core import Client, InputError, Keyring, LoginAttempt, Redirect, Sentence, recovery
from modules.throttle.inputs import OwnersProof
from modules.throttle.module import free_page, freed_page, module, unlock_page
from modules.throttle.results import Unlocked, UnlockForm
from modules.throttle.services import Throttle


@module.handler(unlock_page)
def offer_unlocking() -> UnlockForm:
    """The form, the same whether a name is known, locked or neither."""
    return UnlockForm()


@module.handler(free_page)
def unlock_own_name(proof: OwnersProof, keyring: Keyring, throttle: Throttle) -> Redirect:
    """Begin the counts of a name anew for whoever has its recovery code. Nobody is logged in by that."""
    name = proof.username.strip()
    if not name:
        raise InputError("username", Sentence("is missing"))
    try:
        code = recovery.read_recovery_code(proof.code)
    except recovery.BadCode as error:
        raise InputError("code", str(error)) from error
    # Users are known by the spelling that their way to log in gave them.
    for spelling in dict.fromkeys((name, name.lower(), LoginAttempt(name, Client()).account)):
        if keyring.recover(spelling, code) is not None:
            throttle.unlock(spelling)
            return Redirect("/login/unlocked")
    raise InputError("code", Sentence("is not the recovery code of this name"))


@module.handler(freed_page)
def say_unlocked() -> Unlocked:
    """What comes next."""
    return Unlocked()
