"""The demo's mailbox: everything that was promised is in it, and every message is sound."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import cast
from zipfile import ZipFile

import pytest

from demo.mailbox import MAILBOXES, Person, Placed, fill_mailbox, whole_mailbox
from tests.servers.mail_user import MailUser

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
OWNER = Person("Robin Ashdown", "demo@example.test")


@pytest.fixture(scope="module")
def placed() -> list[Placed]:
    return whole_mailbox(OWNER, NOW)


@pytest.fixture(scope="module")
def messages(placed: list[Placed]) -> list[EmailMessage]:
    return [read(one) for one in placed]


@pytest.fixture(scope="module")
def files(messages: list[EmailMessage]) -> dict[str, bytes]:
    parts = [part for message in messages for part in message.walk() if part.get_filename()]
    return {str(part.get_filename()): cast(bytes, part.get_payload(decode=True)) for part in parts}


def read(one: Placed) -> EmailMessage:

    return message_from_bytes(one.message, policy=default)


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content() if body is not None else ""


def test_there_are_a_few_hundred_messages(placed: list[Placed]) -> None:
    assert 340 <= len(placed) <= 400


def test_it_is_the_same_each_time(placed: list[Placed]) -> None:
    assert placed == whole_mailbox(OWNER, NOW)


def test_every_message_is_read_without_a_defect(messages: list[EmailMessage]) -> None:
    assert [(message["subject"], part.defects) for message in messages for part in message.walk() if part.defects] == []


def test_every_line_ends_as_in_mail_and_is_not_too_long(placed: list[Placed]) -> None:
    lines = [line for one in placed for line in one.message.split(b"\r\n")]
    assert not any(b"\n" in line or b"\r" in line or len(line) > 998 for line in lines)


def test_no_header_holds_an_unencoded_letter(placed: list[Placed]) -> None:
    assert all(one.message.partition(b"\r\n\r\n")[0].isascii() for one in placed)


def test_every_message_has_its_own_name(messages: list[EmailMessage]) -> None:
    names = Counter(str(message["message-id"]) for message in messages)
    assert [name for name, count in names.items() if count > 1] == []


def test_answers_name_messages_that_exist(messages: list[EmailMessage]) -> None:
    names = {str(message["message-id"]) for message in messages}
    named = {name for message in messages for name in str(message["references"] or "").split()}
    assert named <= names
    assert len(named) > 100


def test_nothing_comes_from_the_future(placed: list[Placed]) -> None:
    assert max(one.received for one in placed) <= NOW


def test_nothing_comes_from_the_future_early_on_any_morning() -> None:
    morning = datetime(2026, 3, 1, 0, 5, tzinfo=UTC)
    assert max(one.received for one in whole_mailbox(OWNER, morning)) <= morning


def test_most_messages_are_of_the_last_weeks_and_some_are_a_year_old(placed: list[Placed]) -> None:
    ages = sorted(NOW - one.received for one in placed)
    assert ages[len(ages) // 2] < timedelta(weeks=3)
    assert ages[-1] > timedelta(days=365)


def test_every_promised_mailbox_holds_messages(placed: list[Placed]) -> None:
    assert {one.mailbox for one in placed} == set(MAILBOXES) - {"Projects"}


def test_some_are_unread_and_some_starred_and_some_answered(placed: list[Placed]) -> None:
    assert sum("\\Seen" not in one.flags for one in placed) > 25
    assert sum("\\Flagged" in one.flags for one in placed) > 10
    assert sum("\\Answered" in one.flags for one in placed) > 40
    assert all("\\Draft" in one.flags for one in placed if one.mailbox == "Drafts")


@pytest.mark.parametrize(
    "script",
    [
        "[а-яё]{5}",
        "[α-ω]{5}",
        "[א-ת]{4}",
        "[ء-ي]{4}",
        "[ऀ-ॿ]{4}",
        "[ก-๛]{4}",
        "[一-鿿]{3}",
        "[ぁ-ん]{4}",
        "[가-힣]{3}",
        "🎉",
    ],
)
def test_every_script_is_written(messages: list[EmailMessage], script: str) -> None:
    assert any(re.search(script, text(message)) for message in messages)


@pytest.mark.parametrize(
    "words", ["vielen Dank", "Je t'embrasse", "Un abrazo", "Um beijo", "Ściskam", "Sevgiler", "Love, Mum"]
)
def test_every_language_in_latin_letters_is_written(messages: list[EmailMessage], words: str) -> None:
    assert any(words in text(message) for message in messages)


@pytest.mark.parametrize("charset", ["koi8-r", "gb18030", "iso-2022-jp", "euc-kr", "windows-1254", "iso-8859-7"])
def test_the_old_charsets_are_used_and_readable(messages: list[EmailMessage], charset: str) -> None:
    written = [message for message in messages if message.get_content_charset() == charset]
    assert written
    assert not any("\ufffd" in message.get_content() for message in written)


def test_there_are_attachments_of_every_kind(files: dict[str, bytes]) -> None:
    endings = {name.rpartition(".")[2] for name in files}
    assert {"pdf", "png", "jpg", "xlsx", "zip", "ics", "vcf", "txt", "patch"} <= endings


def test_the_attachments_are_what_their_names_say(files: dict[str, bytes]) -> None:
    starts = {"pdf": b"%PDF-1.4", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff\xe0", "xlsx": b"PK", "zip": b"PK"}
    kinds = {name: name.rpartition(".")[2] for name in files}
    assert all(files[name].startswith(starts[kind]) for name, kind in kinds.items() if kind in starts)


def test_an_archive_can_be_unpacked(files: dict[str, bytes]) -> None:
    with ZipFile(BytesIO(files["Route and packing list.zip"])) as archive:
        assert archive.testzip() is None
        assert b"caldera" in archive.read("README.txt")


def test_file_names_come_in_several_scripts(files: dict[str, bytes]) -> None:
    assert {"柿の木.jpg", "Кот на подоконнике.png", "번역 초고.txt", "خطة الرحلة.pdf"} <= set(files)


def test_pictures_inside_html_are_there(messages: list[EmailMessage]) -> None:
    shown = 0
    for message in messages:
        html = message.get_body(("html",))
        wanted = re.findall(r'src="cid:([^"]+)"', html.get_content()) if html is not None else []
        has = {str(part["content-id"]).strip("<>") for part in message.walk() if part["content-id"]}
        assert set(wanted) <= has
        shown += len(wanted)
    assert shown > 5


def test_newsletters_have_remote_pictures_and_a_pixel_that_counts(messages: list[EmailMessage]) -> None:
    letters = [message for message in messages if message["list-unsubscribe-post"]]
    bodies = [body.get_content() for message in letters if (body := message.get_body(("html",))) is not None]
    assert len(bodies) > 15
    assert all('src="https://pictures.' in body and 'width="1" height="1"' in body for body in bodies)


def test_one_thread_is_very_long(messages: list[EmailMessage]) -> None:
    assert max(len(str(message["references"] or "").split()) for message in messages) > 40


def test_some_have_no_subject_and_some_a_very_long_one(messages: list[EmailMessage]) -> None:
    assert any(message["subject"] is None for message in messages)
    assert any(len(message["subject"] or "") > 250 for message in messages)


def test_there_are_invitations_reports_and_digests(messages: list[EmailMessage]) -> None:
    kinds = Counter(part.get_content_type() for message in messages for part in message.walk())
    assert kinds["text/calendar"] >= 6
    assert kinds["multipart/report"] == 3
    assert kinds["multipart/digest"] == 3


def test_invitations_are_for_days_to_come(messages: list[EmailMessage]) -> None:
    calendars = [part.get_content() for message in messages for part in message.walk() if is_event(part)]
    starts = [found[1] for calendar in calendars if (found := re.search(r"DTSTART:(\d{8})", calendar))]
    assert starts
    assert all(start > f"{NOW:%Y%m%d}" for start in starts)


def is_event(part: EmailMessage) -> bool:
    return part.get_content_type() == "text/calendar" and part.get_filename() is None


def test_phishing_shows_one_address_and_opens_another(placed: list[Placed]) -> None:
    junk = [read(one).get_body(("html",)) for one in placed if one.mailbox == "Junk"]
    links = [re.search(r'href="(http[^"]+)"[^>]*>(https[^<]+)<', body.get_content()) for body in junk if body]
    assert sum(link is not None and link[1] != link[2] for link in links) == 3


def test_every_address_is_of_a_domain_that_cannot_exist(messages: list[EmailMessage]) -> None:
    senders = {address.domain for message in messages for address in message["from"].addresses}
    assert all(domain.endswith((".example", ".test")) for domain in senders)


@pytest.mark.servers
def test_a_server_takes_the_whole_mailbox(mail_user: MailUser) -> None:
    with mail_user.connection() as connection:
        count = fill_mailbox(connection, OWNER, NOW)
        total = 0
        for mailbox in MAILBOXES:
            name = '"Projects/&ANw-bersetzung"' if "Ü" in mailbox else f'"{mailbox}"'
            total += int(connection.select(name, readonly=True)[1][0] or 0)
    assert total == count
