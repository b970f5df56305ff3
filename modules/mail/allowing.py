"""The handler by which readers say whose images they want to see from now on."""

from dataclasses import replace

from core import Conflict, InputError, Notice, Redirect, Sentence, UserSettings
from modules.mail.headers import read_envelope
from modules.mail.inputs import ImagesAllowed, MessageAddress, Whose
from modules.mail.lists import check_account
from modules.mail.model import MailboxName
from modules.mail.module import allow_page, module
from modules.mail.opening import message_path
from modules.mail.settings import ReadingSettings, RemoteImages
from modules.mail.store import MailStore


@module.handler(allow_page)
def allow_images(address: MessageAddress, allowed: ImagesAllowed, store: MailStore, chosen: UserSettings) -> Redirect:
    """Remember a sender, a domain or everybody. Raises Conflict where the message does not say who sent it."""
    check_account(address.account, store)
    settings = chosen.get(ReadingSettings)
    there = message_path(address)
    if allowed.whose is Whose.EVERYBODY:
        chosen.put(replace(settings, remote_images=RemoteImages.ALWAYS))
        return Redirect(there, notice=Notice(Sentence("Images are shown in every message from now on.")))
    people = read_envelope(store.message(MailboxName(address.mailbox), address.uid).header).sender
    if len(people) != 1 or "@" not in people[0].address:
        raise Conflict(Sentence("This message does not say who sent it, or names several senders."))
    sender = people[0].address
    who = sender if allowed.whose is Whose.SENDER else f"@{sender.rpartition('@')[2]}"
    try:
        chosen.put(replace(settings, image_senders=settings.image_senders.with_one(who)))
    except ValueError as error:
        raise InputError("whose", str(error)) from error
    said = Sentence("Images of %(who)s are shown from now on.", who=who.removeprefix("@"))
    return Redirect(there, notice=Notice(said))
