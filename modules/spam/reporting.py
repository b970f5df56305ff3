"""Passing reports on: to folders that a filter learns from, to rspamd, and by mail."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from core import NotFound, Refusal, Sentence, UpstreamError
from modules.mail.api import AtReport, Judgement, MailboxName, Report, Uid
from modules.spam.config import SpamConfig
from modules.spam.module import module
from modules.spam.rspamd import NotLearned, Rspamd

log = logging.getLogger("hm3.spam")

NOT_TOLD = Sentence("The spam filter could not be told.")
NOT_COPIED = Sentence("The folder that the spam filter learns from could not be written to.")


@dataclass(frozen=True)
class Letter:
    """One reported message, whole."""

    uid: Uid
    octets: bytes


def letters(report: Report, config: SpamConfig) -> Iterator[Letter]:
    """The reported messages that are passed on: no more than so many, and none that is too large or gone."""
    for uid in report.uids[: int(config.most_at_once)]:
        octets = bytearray()
        try:
            for piece in report.store.source(report.mailbox, uid):
                octets += piece
                if len(octets) > config.largest:
                    break
        except NotFound:
            continue
        if 0 < len(octets) <= config.largest:
            yield Letter(uid, bytes(octets))


@module.service
def report_to_folders(config: SpamConfig) -> AtReport:
    """Copy what was reported into the folder that is named for it. What is withdrawn is no spam to the server."""

    def tell(report: Report) -> Sentence | None:
        target = config.copy_spam_to if report.judgement is Judgement.SPAM else config.copy_ham_to
        if target is None:
            return None
        uids = report.uids[: int(config.most_at_once)]
        try:
            _copy(report, uids, target)
        except (Refusal, UpstreamError) as error:
            log.warning("reported messages could not be copied to %s: %s", target, type(error).__name__)
            return NOT_COPIED
        return None

    return AtReport(tell, keywords=config.keywords)


@module.service
def report_to_rspamd(config: SpamConfig) -> AtReport:
    """Have rspamd learn what was reported. What is withdrawn is learned as no spam, which undoes the other."""
    if config.rspamd_url is None:
        return AtReport(_tell_nobody)
    filter = Rspamd(config.rspamd_url, config.rspamd_password, config.tls_options)

    def tell(report: Report) -> Sentence | None:
        ends = time.monotonic() + config.timeout.total_seconds()
        try:
            for letter in letters(report, config):
                filter.learn(letter.octets, spam=report.judgement is Judgement.SPAM, ends=ends)
        except (NotLearned, UpstreamError) as error:
            log.warning("rspamd did not learn: %s", error)
            return NOT_TOLD
        return None

    return AtReport(tell)


def _copy(report: Report, uids: tuple[Uid, ...], target: MailboxName) -> None:
    try:
        report.store.copy(report.mailbox, uids, target)
    except NotFound:
        report.store.create(target)
        report.store.copy(report.mailbox, uids, target)


def _tell_nobody(report: Report) -> Sentence | None:
    return None
