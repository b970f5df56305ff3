"""What compose adds to spam: reports by mail, from the user to the address that hm3.ini names."""

import logging

from core import Clock, Refusal, Sentence, UpstreamError
from modules.compose.api import File, Outgoing, SendingIdentity, build_message, make_message_id
from modules.mail.api import AtReport, Correspondent, EmailAddress, Judgement, Report, SubmissionLater
from modules.spam.config import SpamConfig
from modules.spam.module import module
from modules.spam.reporting import Letter, letters

log = logging.getLogger("hm3.spam")

NOT_SENT = Sentence("The report to those who look after the spam filter could not be sent.")


@module.service
def report_by_mail(
    config: SpamConfig, submission: SubmissionLater, identities: tuple[SendingIdentity, ...], clock: Clock
) -> AtReport:
    """Send each reported message, attached whole, to the address for its kind."""

    def outgoing(letter: Letter, report: Report, to: EmailAddress) -> Outgoing:
        spam = report.judgement is Judgement.SPAM
        sender = identities[0]
        return Outgoing(
            sender=Correspondent(sender.name, sender.address),
            date=clock.now(),
            message_id=make_message_id(sender.address),
            to=(Correspondent("", to),),
            subject="Report: spam" if spam else "Report: not spam",
            text=f"The attached message was reported as {'spam' if spam else 'no spam'} by {sender.address}.\n",
            attachments=(File.of("reported.eml", "message/rfc822", letter.octets),),
        )

    def tell(report: Report) -> Sentence | None:
        to = config.report_spam_to if report.judgement is Judgement.SPAM else config.report_ham_to
        if to is None or not identities:
            return None
        try:
            with submission.open() as opened:
                for letter in letters(report, config):
                    message = build_message(outgoing(letter, report, to))
                    opened.submit(identities[0].address, (to,), message)
        except (Refusal, UpstreamError) as error:
            log.warning("a report of spam could not be sent: %s", type(error).__name__)
            return NOT_SENT
        return None

    return AtReport(tell)
