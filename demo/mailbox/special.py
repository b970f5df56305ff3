"""Mail of special build: invitations, reports of failed delivery, and digests."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from demo.mailbox.mime import Attachment, Headers, build_message, flow
from demo.mailbox.people import ME, Person
from demo.mailbox.placed import Placed, days_ago, fingerprint, message_id
from demo.mailbox.printed import Table, read_table
from demo.mailbox.templates import render

_DAEMON = Person("Mail Delivery System", "mailer-daemon@mx.example.test")


def invitations(people: Mapping[str, Person], now: datetime) -> Iterator[Placed]:
    """Invitations to meetings to come, as an alternative and as a file (RFC 6047)."""
    for meeting in read_table("special.toml")["meeting"]:
        sender = people[meeting["who"]]
        moment = days_ago(now, meeting["ago"], "11:11", sender.hours)
        event = _event(meeting, sender, people[ME], now, moment)
        begin = _begin(meeting, now)
        text = f"{meeting['text']}\n\nWhen: {begin:%A %-d %B, %H:%M}\nWhere: {meeting['place']}"
        html = render("letter.html", paragraphs=text.splitlines(), pictures=[], signature=[], direction="ltr")
        headers = Headers(
            sender,
            [people[ME]],
            meeting["subject"],
            moment,
            message_id(sender.address.rpartition("@")[2], meeting["subject"]),
        )
        message = build_message(
            headers,
            flow(text),
            html=html,
            calendar=event,
            attachments=[Attachment("invite.ics", "text/calendar", event.encode())],
        )
        yield Placed("INBOX", message, () if meeting.get("unread") else ("\\Seen",), moment)


def delivery_reports(people: Mapping[str, Person], now: datetime) -> Iterator[Placed]:
    """What came back, as multipart/report (RFC 3464)."""
    for bounce in read_table("special.toml")["bounce"]:
        moment = days_ago(now, bounce["ago"], "13:13", 0)
        delayed = bounce["status"].startswith("4")
        report = MIMEMultipart("report", boundary=f"=_{fingerprint(bounce['to'])}", report_type="delivery-status")
        report["Date"] = format_datetime(moment)
        report["From"] = formataddr((_DAEMON.name, _DAEMON.address))
        report["To"] = people[ME].address
        report["Subject"] = "Delayed Mail (still being retried)" if delayed else "Undelivered Mail Returned to Sender"
        report["Message-ID"] = message_id("mx.example.test", bounce["to"], bounce["subject"])
        report["Auto-Submitted"] = "auto-replied"
        words = "could not be delivered yet" if delayed else "could not be delivered"
        report.attach(
            MIMEText(f"Your message to {bounce['to']} {words}. The server there said:\n\n    {bounce['reason']}\n")
        )
        report.attach(_status(bounce, delayed=delayed))
        report.attach(_returned(bounce, people[ME], moment))
        raw = report.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        yield Placed("INBOX", raw, ("\\Seen",), moment)


def digests(people: Mapping[str, Person], now: datetime) -> Iterator[Placed]:
    """Several letters of a mailing list in one (RFC 2046 5.1.5)."""
    for digest in read_table("special.toml")["digest"]:
        moment = days_ago(now, digest["ago"], "12:00", 0)
        whole = MIMEMultipart("mixed", boundary=f"=_{fingerprint(digest['name'])}")
        whole["Date"] = format_datetime(moment)
        whole["From"] = "Hallbridge Commons <commons@lists.hallbridge.example>"
        whole["To"] = "commons@lists.hallbridge.example"
        whole["Subject"] = digest["name"]
        whole["Message-ID"] = message_id("lists.hallbridge.example", digest["name"])
        whole["List-Id"] = "Hallbridge Commons <commons.lists.hallbridge.example>"
        topics = "\n".join(f"  {number}. {item[1]} ({item[0]})" for number, item in enumerate(digest["items"], 1))
        whole.attach(MIMEText(f"Today's topics:\n\n{topics}\n", _charset="utf-8"))
        letters = MIMEMultipart("digest", boundary=f"=_{fingerprint(digest['name'], 'letters')}")
        for number, (name, subject, text) in enumerate(digest["items"]):
            letters.attach(MIMEMessage(_listed(name, subject, text, moment - timedelta(hours=3 * number + 1))))
        whole.attach(letters)
        raw = whole.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        yield Placed("INBOX", raw, () if digest.get("unread") else ("\\Seen",), moment)


def _begin(meeting: Table, now: datetime) -> datetime:
    hour, minute = (int(number) for number in meeting["clock"].split(":"))
    return now.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(
        days=meeting["in_days"]
    )


def _event(meeting: Table, sender: Person, owner: Person, now: datetime, sent: datetime) -> str:
    begin = _begin(meeting, now)
    end = begin + timedelta(minutes=meeting["minutes"])
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Demo mailbox//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{fingerprint(meeting['subject'])}@{sender.address.rpartition('@')[2]}",
        f"DTSTAMP:{sent.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{begin:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{_escaped(meeting['subject'].partition(': ')[2] or meeting['subject'])}",
        f"DESCRIPTION:{_escaped(meeting['text'])}",
        f"LOCATION:{_escaped(meeting['place'])}",
        f'ORGANIZER;CN="{sender.name}":mailto:{sender.address}',
        f'ATTENDEE;CN="{owner.name}";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{owner.address}',
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")


def _status(bounce: Table, *, delayed: bool) -> Message:
    status = MIMEBase("message", "delivery-status")
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = "dns; mx.example.test"
    recipient["Final-Recipient"] = f"rfc822; {bounce['to']}"
    recipient["Action"] = "delayed" if delayed else "failed"
    recipient["Status"] = bounce["status"]
    recipient["Diagnostic-Code"] = f"smtp; {bounce['reason']}"
    status.set_payload([server, recipient])
    return status


def _returned(bounce: Table, owner: Person, moment: datetime) -> Message:
    headers = Message()
    headers["Date"] = format_datetime(moment - timedelta(minutes=2))
    headers["From"] = formataddr((owner.name, owner.address))
    headers["To"] = bounce["to"]
    headers["Subject"] = bounce["subject"]
    headers["Message-ID"] = message_id("example.test", bounce["subject"])
    return MIMEText(headers.as_string(), "rfc822-headers")


def _listed(name: str, subject: str, text: str, moment: datetime) -> EmailMessage:
    letter = EmailMessage(policy=SMTP.clone(linesep="\n"))
    letter["Date"] = format_datetime(moment)
    letter["From"] = formataddr((name, f"{fingerprint(name)[:6]}@hallbridge.example"))
    letter["To"] = "commons@lists.hallbridge.example"
    letter["Subject"] = subject
    letter["Message-ID"] = message_id("hallbridge.example", subject)
    letter.set_content(flow(text), charset="utf-8")
    return letter
