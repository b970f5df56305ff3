"""What reports shows above a message's text."""

from core import Fragment, Sentence
from modules.mail.api import parts_slot
from modules.reports.model import Action, Complaint, Delivery, Receipt
from modules.reports.module import module
from modules.reports.results import Report

_FATES = {
    "displayed": Sentence("Your message was opened."),
    "deleted": Sentence("Your message was deleted; it may not have been read."),
    "dispatched": Sentence("Your message was sent on, as to another address."),
    "processed": Sentence("Your message was handled by a program; nobody may have read it."),
    "denied": Sentence("The recipient does not tell whether the message was read."),
    "failed": Sentence("The recipient's mail program could not handle the message."),
}
_OUTCOMES = {
    Action.FAILED: Sentence("Your message could not be delivered."),
    Action.DELAYED: Sentence("Your message has not been delivered yet."),
    Action.DELIVERED: Sentence("Your message was delivered."),
    Action.RELAYED: Sentence("Your message was handed on to a server that sends no reports."),
    Action.EXPANDED: Sentence("Your message was delivered to a list, which sends it on."),
    Action.UNKNOWN: Sentence("A mail server tells what became of your message."),
}
_COMPLAINTS = {
    "abuse": Sentence("Somebody reported a message as spam."),
    "fraud": Sentence("Somebody reported a message as fraud or phishing."),
    "virus": Sentence("Somebody reported that a message holds a virus."),
    "auth-failure": Sentence("A message in your domain's name did not pass its checks."),
    "not-spam": Sentence("Somebody reported that a message is no spam."),
}


@module.output(parts_slot)
def show_report(report: Report | None) -> Fragment | None:
    """The report in words."""
    if report is None:
        return None
    told = report.told
    return Fragment.of(
        "reports/report.html",
        report=report,
        title=_title(told),
        delivery=told if isinstance(told, Delivery) else None,
        receipt=told if isinstance(told, Receipt) else None,
        complaint=told if isinstance(told, Complaint) else None,
    )


def _title(told: Delivery | Receipt | Complaint | None) -> str:
    if isinstance(told, Delivery):
        return _OUTCOMES[told.outcome]
    if isinstance(told, Receipt):
        return _FATES.get(told.fate, Sentence("A mail program tells what became of your message."))
    if isinstance(told, Complaint):
        return _COMPLAINTS.get(told.kind, Sentence("Somebody complains about a message."))
    return Sentence("This is a report about a message. What it says for programs could not be read; its text is below.")
