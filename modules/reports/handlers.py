"""The handler that reads the report in an open message."""

from collections.abc import Iterator

from modules.mail.api import (
    Letter,
    MailStore,
    Part,
    PartNumber,
    ToldParts,
    enclosed_page,
    enclosed_path,
    message_page,
    read_envelope,
)
from modules.reports.model import LONGEST, Complaint, Delivery, Receipt, read_complaint, read_delivery, read_receipt
from modules.reports.module import module
from modules.reports.results import Report

_READERS = {
    "message/delivery-status": read_delivery,
    "message/global-delivery-status": read_delivery,
    "message/disposition-notification": read_receipt,
    "message/global-disposition-notification": read_receipt,
    "message/feedback-report": read_complaint,
}
_HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")


@module.handler(message_page, enclosed_page)
def read_report(letter: Letter, store: MailStore) -> Report | None:
    """What the report in this message says; None of a message that is no report."""
    found = next(_reports(letter.structure), None)
    if found is None:
        return None
    holder, part = found
    original = next((one for one in holder.children if one.is_message or one.media_type in _HEADERS), None)
    told = _tell(letter, part, store) if part is not None else None
    parts = _told_of(told, part, original)
    if original is None:
        return Report(told, parts=parts)
    subject = original.enclosed.subject if original.enclosed is not None else _subject(letter, original, store)
    path = letter.part_path(original.number)
    if original.is_message:
        return Report(told, subject, enclosed_path(letter.outer_path, original.number), is_message=True, parts=parts)
    return Report(told, subject, path, parts=parts)


@module.handler(message_page, enclosed_page)
def leave_out_parts(report: Report | None) -> ToldParts | None:
    """What the card says needs no file beside it."""
    return ToldParts(report.parts) if report is not None else None


def _told_of(told: Delivery | Receipt | Complaint | None, part: Part | None, original: Part | None) -> frozenset[str]:
    """The numbers of the parts that the card says all of, or leads to; what it could not read is none."""
    silent = told is None or (isinstance(told, Delivery) and not any(one.address for one in told.recipients))
    parts = (None if silent else part, None if original is None or original.is_message else original)
    return frozenset(one.number for one in parts if one is not None)


def _reports(structure: Part) -> Iterator[tuple[Part, Part | None]]:
    """Each multipart/report with its part for programs (RFC 6522), or that part alone."""
    if structure.media_type in _READERS:
        yield structure, structure
    for node in structure.own():
        if node.media_type == "multipart/report":
            yield node, next((child for child in node.children if child.media_type in _READERS), None)


def _tell(letter: Letter, part: Part, store: MailStore) -> Delivery | Receipt | Complaint | None:
    octets = store.part(letter.mailbox, letter.uid, PartNumber(part.number), most=LONGEST)
    return _READERS[part.media_type](octets)


def _subject(letter: Letter, part: Part, store: MailStore) -> str:
    octets = store.part(letter.mailbox, letter.uid, PartNumber(part.number), most=LONGEST)
    return read_envelope(octets).subject
