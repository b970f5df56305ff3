"""The handler of ajax: agree on a key with a user's page."""

from base64 import b64encode

from core import AjaxConfig, ClientKeys, Clock, InputError, NotFound, Sentence, ServerKeys, Session, agreement
from modules.ajax.inputs import Offer
from modules.ajax.module import agree_page, module
from modules.ajax.results import Agreed


@module.handler(agree_page)
def agree_on_key(offer: Offer, config: AjaxConfig, session: Session, keys: ServerKeys, clock: Clock) -> Agreed:
    """Make a key that only this page and this session's record hold, and tell the page how to come to it."""
    if not config.wants:
        raise NotFound(Sentence("This page is older than the site's settings. Please load it anew."))
    binding = agreement.binding_of(keys.of("hm3.ajax"), session.id)
    try:
        made = agreement.agree(offer.group, offer.public.octets, binding)
    except agreement.Unfit as error:
        raise InputError("public", str(error)) from error
    ClientKeys(session).add(made.key, clock.now())
    return Agreed(made.key.id, *(b64encode(part).decode() for part in (made.public, made.salt, made.proof)))
