"""Messages that the tests of the mail pages put into mailboxes."""

from email.message import EmailMessage
from email.policy import SMTP

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


def plain(subject: str = "Plants", text: str = "Hello", **headers: str) -> bytes:
    """A message of plain text; further headers by their names with underscores."""
    message = EmailMessage(policy=SMTP)
    message["From"] = headers.pop("sender", "Ada Field <ada@example.test>")
    message["To"] = "Robin <robin@example.test>"
    message["Subject"] = subject
    message["Date"] = headers.pop("date", "Fri, 01 May 2026 10:00:00 +0000")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def rich(html: str, text: str = "In plain words", subject: str = "Newsletter") -> bytes:
    """A message of plain text and HTML."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "news@example.test", "robin@example.test", subject
    message["Date"] = "Fri, 01 May 2026 10:00:00 +0000"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def with_files(*files: tuple[str, bytes], subject: str = "Files: a/b") -> bytes:
    """A message with attachments, by their names and contents."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "ada@example.test", "robin@example.test", subject
    message["Date"] = "Fri, 01 May 2026 10:00:00 +0000"
    message.set_content("See the files.")
    for name, content in files:
        kind = ("image", "png") if name.endswith(".png") else ("application", "octet-stream")
        kind = ("text", "html") if name.endswith(".html") else kind
        message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return message.as_bytes()


def with_picture() -> bytes:
    """An HTML message with a picture inside."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "ada@example.test", "robin@example.test", "A photograph"
    message["Date"] = "Fri, 01 May 2026 10:00:00 +0000"
    message.set_content("A photograph")
    message.add_alternative('<p>Look:</p><img src="cid:pixel@x" alt="a dot">', subtype="html")
    body = message.get_body(("html",))
    assert isinstance(body, EmailMessage)
    body.add_related(PIXEL, "image", "png", cid="<pixel@x>")
    return message.as_bytes()
