"""The handlers that look through new mail, learn from reports, and say why a message is where it is."""

import logging

from core import Client, Later, NotFound, Notice, Redirect, Sentence, Visit
from modules.mail.api import (
    AtReport,
    Judgement,
    MailAccount,
    MailStore,
    MessageList,
    MessageView,
    Report,
    Role,
    list_mailboxes,
    list_page,
    message_page,
    raw_fields,
)
from modules.spam.believing import ServerVerdict, server_verdict
from modules.spam.config import SpamConfig
from modules.spam.inputs import Inbox
from modules.spam.module import module, sift_page
from modules.spam.people import KnownPeople
from modules.spam.results import Explained, Opinion
from modules.spam.rules import reasons
from modules.spam.settings import SpamSettings
from modules.spam.sifting import INBOX, Sifter, filters_itself, remember_state, waits
from modules.spam.store import Kept
from modules.spam.words import mark_of, read_letter

log = logging.getLogger("hm3.spam")

# Where no script looks through new mail, a page does it before it is shown: a little of it, so that it comes soon.
_MOST_BEFORE_A_PAGE = 10
_SECONDS_BEFORE_A_PAGE = 2.0


@module.service
def open_sifter(
    store: MailStore, kept: Kept, config: SpamConfig, settings: SpamSettings, people: tuple[KnownPeople, ...]
) -> Sifter:
    """Looks through the new mail of the account that is open."""
    return Sifter(store, kept, config, settings, people)


@module.service
def learn_from_reports(kept: Kept, config: SpamConfig) -> AtReport:
    """The filter of this site learns what its user reports, whether it is switched on or not."""

    def tell(report: Report) -> Sentence | None:
        spam = {Judgement.SPAM: True, Judgement.NOT_SPAM: False, Judgement.WITHDRAWN: None}[report.judgement]
        letters = []
        for uid in report.uids[: int(config.most_at_once)] if kept.is_open else ():
            try:
                letters.append(read_letter(report.store, report.mailbox, report.store.message(report.mailbox, uid)))
            except NotFound:
                log.debug("a reported message is gone")
        if letters:
            kept.learn(lambda learned: learned.learn_all(letters, spam=spam))
        return None

    return AtReport(tell)


@module.handler(sift_page)
def sift(inbox: Inbox, sifter: Sifter) -> Redirect:
    """Look through some of the new mail of an inbox; scripts ask for it after the list is shown."""
    if inbox.account != sifter.store.account:
        raise NotFound(Sentence("You have no such account."))
    sifted = sifter.sift()
    notice = Notice(sifted.text, undo=sifted.undo) if sifted.moved else None
    return Redirect(f"/mail/{inbox.account}/{INBOX.path}/", sifted, notice)


@module.handler(list_page, before=(list_mailboxes,))
def sift_without_scripts(
    inbox: Inbox, client: Client, visit: Visit, account: MailAccount, kept: Kept, sifter: Later[Sifter]
) -> None:
    """Do the same before a whole page, where one was shown before and no script did it since."""
    mine = inbox.account == account.name and inbox.mailbox.upper() == INBOX
    if mine and visit.wanted.part is None and client.asked_here and waits(kept, account.name):
        sifter().sift(_MOST_BEFORE_A_PAGE, _SECONDS_BEFORE_A_PAGE)


@module.handler(list_page)
def remember_shown(messages: MessageList, kept: Kept) -> None:
    """Remember which state of the inbox was shown."""
    if messages.mailbox.role is Role.INBOX and kept.is_open:
        remember_state(kept, messages.account, messages.rows.state)


@module.handler(message_page)
def explain(view: MessageView, kept: Kept, later: Later[Sifter]) -> Explained | None:
    """Why the open message was moved, or why it looks like spam."""
    if view.is_draft or view.mailbox.role is Role.SENT:
        return None
    verdict = kept.verdict(mark_of(view.header))
    in_junk = view.mailbox.role is Role.JUNK
    if verdict is not None and verdict.moved == in_junk:
        return Explained(verdict.why, verdict.moved)
    # Few messages give a reason: for the others nothing more is read of what is kept.
    found = () if in_junk else reasons(view.header)
    if not found:
        return None
    sifter = later()
    if not filters_itself(sifter.config, sifter.settings, kept.place(view.account)):
        return None
    sender = view.envelope.sender[0].address.lower() if view.envelope.sender else ""
    return None if sifter.trusts(sender) else Explained(reasons=found)


@module.handler(message_page)
def repeat_opinion(view: MessageView, config: SpamConfig) -> Opinion | None:
    """What the mail server's filter says of the open message, where it is believed."""
    found = server_verdict(raw_fields(view.header), config)
    return Opinion(_said(found)) if found is not None else None


def _said(found: ServerVerdict) -> Sentence:
    what = Sentence("%(filter)s calls it spam", filter=found.filter)
    if not found.spam:
        what = Sentence("%(filter)s does not call it spam", filter=found.filter)
    if not found.score:
        return what
    return Sentence(
        "%(what)s: %(score)s points, where %(enough)s are enough",
        what=what,
        score=found.score,
        enough=found.enough,
    )
