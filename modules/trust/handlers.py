"""The handlers that judge the sender of an open message: by its header, and by what is remembered of them."""

import hashlib
from collections.abc import Iterable

import idna

from core import Client, Clock, User
from modules.mail.api import MessageView, OwnAddresses, ReadingOptions, Role, message_page
from modules.trust.config import TrustConfig
from modules.trust.domains import domain_of, looks_like
from modules.trust.findings import checks_of, confirmed, doubts_from, findings_of, unchecked
from modules.trust.memory import Memory
from modules.trust.module import module
from modules.trust.results import Acquaintance, SenderTruth, Signatures, heaviest_first
from modules.trust.sender import Header, doubts_about, is_for_many, like_a_known_one


@module.handler(message_page)
def judge_sender(
    view: MessageView,
    user: User,
    own: tuple[OwnAddresses, ...],
    config: TrustConfig,
    clock: Clock,
    signatures: Signatures | None,
) -> SenderTruth | None:
    """What the header tells of the sender; None of what the user wrote themselves."""
    if view.is_draft or view.mailbox.role is Role.SENT:
        return None
    header = Header(view.header)
    domains = tuple(filter(None, map(domain_of, _theirs(user, own))))
    findings = findings_of(header, config)
    sender = header.sender
    address = sender.address if sender is not None else ""
    alone = len(header.all("from")) == 1 and len(header.people("from")) == 1
    domain = domain_of(address)
    doubts = (*doubts_from(findings, domain), *doubts_about(header, view.received, clock.now(), domains))
    return SenderTruth(
        address=address,
        doubts=heaviest_first(doubts),
        server=findings.server,
        checks=checks_of(findings),
        confirmed=confirmed(findings, domain) if alone else "",
        signed=_signed(signatures, address, domain) if alone else "",
        unchecked=unchecked(findings, configured=bool(config.authserv_id)),
    )


@module.handler(message_page)
def recall_sender(
    view: MessageView,
    truth: SenderTruth | None,
    user: User,
    own: tuple[OwnAddresses, ...],
    options: ReadingOptions,
    client: Client,
    memory: Memory,
) -> Acquaintance | None:
    """What is remembered of the sender. They are remembered from now on, unless they are likely somebody else.

    A message that is looked at ahead, or that another site led to, is not one that was opened.
    """
    if truth is None or "@" not in truth.address or not memory.is_open:
        return None
    if truth.address.casefold() in map(str.casefold, _theirs(user, own)):
        return None
    known = memory.find(truth.address)
    if known is not None:
        # Their domain is known too, and none that is can be taken for another one.
        first = not known.written and known.first == _mark(view)
        return Acquaintance(first and _is_worth_telling(view, truth, memory))
    domain = domain_of(truth.address)
    alike = looks_like(domain, memory.domains_like(domain))
    doubts = (like_a_known_one(domain, alike),) if alike else ()
    opened = client.asked_here and not options.peek and view.mailbox.role is not Role.JUNK
    if opened and not doubts and not truth.is_doubtful:
        memory.meet(truth.address, _mark(view))
    return Acquaintance(_is_worth_telling(view, truth, memory), doubts)


def _is_worth_telling(view: MessageView, truth: SenderTruth, memory: Memory) -> bool:
    """Whether it tells readers something that an address is new: not while nearly all are, nor of confirmed lists."""
    sure = (truth.confirmed or truth.signed) and not truth.is_doubtful
    return not (sure and is_for_many(Header(view.header))) and memory.stands_out(truth.address)


def _theirs(user: User, own: tuple[OwnAddresses, ...]) -> Iterable[str]:
    """The names and addresses of a user, each of them once."""
    found = {user.name: None}
    for one in own:
        found |= dict.fromkeys(one.addresses)
    return found


def _signed(signatures: Signatures | None, address: str, domain: str) -> str:
    """The sender's domain, where this site found that it signed the message."""
    if signatures is None:
        return ""
    try:
        asked = idna.encode(address.rpartition("@")[2], uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""
    return domain if signatures.confirms(asked) else ""


def _mark(view: MessageView) -> str:
    """What tells a message from others, wherever it is moved."""
    return hashlib.blake2b(view.header, digest_size=16).hexdigest()
