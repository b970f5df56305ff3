"""Uploads: unreadable without the session's key, bounded, and gone when they should be."""

import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import AppConfig, Clock, Line, NotFound, Secret, Session, TooLarge, Upload, UpstreamError, User
from modules.compose.once import SentOnce
from modules.compose.results import ComposeAttachment, ComposeLimits
from modules.compose.services import forget_uploads, main_identity, open_uploads, remember_sent
from modules.compose.settings import ComposeConfig, ComposeSettings, SenderName, UndoTime
from modules.compose.uploads import CHUNK, KEY, Token, UploadId, Uploads, remove_old_uploads, upload_key
from modules.mail.api import AccountName, MailAccount

LIMITS = ComposeLimits(largest_attachment=400_000, largest_message=500_000, most_attachments=3)
ONE, OTHER = Token.make(), Token.make()

MAIN = MailAccount(AccountName("main"))


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path, upload_key(Session()), LIMITS)


def a_file(octets: bytes, name: str = "a.bin") -> Upload:
    return Upload(name, "image/png", io.BytesIO(octets), len(octets))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_file_is_read_back_as_it_came(uploads: Uploads, size: int) -> None:
    octets = os.urandom(size)
    kept = uploads.keep(a_file(octets), ONE)
    assert b"".join(uploads.open(kept.id)) == octets
    assert uploads.find(kept.id) == kept
    assert (kept.name, kept.media_type, kept.size, kept.token) == ("a.bin", "image/png", size, ONE)


def test_nothing_of_a_file_can_be_read_on_the_disk(uploads: Uploads, tmp_path: Path) -> None:
    uploads.keep(a_file(b"very secret words" * 10, "secret-plans.txt"), ONE)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    held = file.read_bytes()
    assert b"secret" not in held and b"plans" not in held and "secret" not in file.name
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_another_session_finds_nothing(uploads: Uploads, tmp_path: Path) -> None:
    kept = uploads.keep(a_file(b"1"), ONE)
    stranger = Uploads(tmp_path, upload_key(Session()), LIMITS)
    assert stranger.of(ONE) == ()
    with pytest.raises(NotFound):
        stranger.find(kept.id)


def test_each_composition_has_its_own_files_in_their_order(uploads: Uploads) -> None:
    first, second, other = (
        uploads.keep(a_file(b"1", name), token) for name, token in (("1", ONE), ("2", ONE), ("3", OTHER))
    )
    assert uploads.of(ONE) == (first, second)
    uploads.clear(ONE)
    assert (uploads.of(ONE), uploads.of(OTHER)) == ((), (other,))


def test_a_removed_file_is_gone(uploads: Uploads) -> None:
    kept = uploads.keep(a_file(b"1"), ONE)
    uploads.remove(kept.id)
    uploads.remove(kept.id)
    with pytest.raises(NotFound, match="Please attach it again"):
        uploads.find(kept.id)
    with pytest.raises(NotFound, match="Please attach it again"):
        list(uploads.open(kept.id))


def cut(held: bytes) -> bytes:
    return held[:-10]


def cut_at_a_piece(held: bytes) -> bytes:
    return held[: -4 - 17]


def cut_in_the_head(held: bytes) -> bytes:
    return held[:30]


def changed(held: bytes) -> bytes:
    return held[:200] + bytes([held[200] ^ 1]) + held[201:]


def emptied(held: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, cut_at_a_piece, cut_in_the_head, changed, emptied])
def test_a_damaged_file_is_not_sent(uploads: Uploads, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    kept = uploads.keep(a_file(b"x" * 1000), ONE)
    (file,) = tmp_path.rglob(str(kept.id))
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(NotFound, match="damaged"):
        list(uploads.open(kept.id))


def test_one_file_cannot_be_put_in_anothers_place(uploads: Uploads, tmp_path: Path) -> None:
    kept, other = uploads.keep(a_file(b"1"), ONE), uploads.keep(a_file(b"2"), ONE)
    (file,), (target,) = tmp_path.rglob(str(kept.id)), tmp_path.rglob(str(other.id))
    target.write_bytes(file.read_bytes())
    with pytest.raises(NotFound, match="damaged"):
        uploads.find(other.id)
    assert uploads.of(ONE) == (kept,)


def test_a_file_over_the_bound_is_refused(uploads: Uploads) -> None:
    with pytest.raises(TooLarge, match=r"a\.bin is larger than 0\.4 MB"):
        uploads.keep(a_file(b"x" * 400_001), ONE)


def test_files_over_the_bound_together_are_refused(uploads: Uploads) -> None:
    uploads.keep(a_file(b"x" * 300_000), ONE)
    with pytest.raises(TooLarge, match=r"larger than 0\.5 MB together"):
        uploads.keep(a_file(b"x" * 300_000), ONE)


def test_too_many_files_are_refused(uploads: Uploads) -> None:
    for _ in range(3):
        uploads.keep(a_file(b"1"), ONE)
    with pytest.raises(TooLarge, match="a message takes 3"):
        uploads.keep(a_file(b"1"), ONE)


def test_a_session_cannot_fill_the_disk(uploads: Uploads) -> None:
    for _ in range(6):
        uploads.keep(a_file(b"x" * 400_000), Token.make())
    with pytest.raises(TooLarge, match="other unsent messages"):
        uploads.keep(a_file(b"x" * 400_000), Token.make())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\ann\\plan.txt", "plan.txt"),
        ("../../etc/passwd", "passwd"),
        ("", "file"),
        ("a\r\nb\0.txt", "a b .txt"),
    ],
)
def test_a_name_loses_its_folders(uploads: Uploads, sent: str, kept: str) -> None:
    assert uploads.keep(a_file(b"1", sent), ONE).name == kept


def test_a_long_name_keeps_its_ending(uploads: Uploads) -> None:
    name = uploads.keep(a_file(b"1", "x" * 500 + ".pdf"), ONE).name
    assert len(name) == 200 and name.endswith("x.pdf")
    assert len(uploads.keep(a_file(b"1", "x" * 500), ONE).name) == 200


def test_a_disk_that_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broken = Uploads(tmp_path / "file", upload_key(Session()), LIMITS)
    with pytest.raises(UpstreamError, match="could not be kept: Not a directory"):
        broken.keep(a_file(b"1"), ONE)


class Failing(io.BytesIO):
    """A stream that breaks off."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Fail."""
        raise OSError(28, "No space left on device")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(uploads: Uploads, tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match=r"a\.bin could not be kept: No space left on device"):
        uploads.keep(Upload("a.bin", "", Failing(), 1), ONE)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_older_than_a_day_goes(uploads: Uploads, tmp_path: Path) -> None:
    kept = uploads.keep(a_file(b"1"), ONE)
    now = datetime.now(UTC)
    remove_old_uploads(tmp_path, now + timedelta(hours=23))
    assert uploads.of(ONE) == (kept,)
    remove_old_uploads(tmp_path, now + timedelta(hours=25))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "../../../../../etc/pass", "a" * 21, "a" * 23, "é" * 22])
def test_what_names_no_upload_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not the name of an upload"):
        UploadId.parse(text)


def test_a_session_has_one_key_for_its_uploads() -> None:
    session = Session()
    assert upload_key(session) == upload_key(session)
    assert isinstance(session.secret(KEY), Secret)
    assert upload_key(session) != upload_key(Session())


def test_a_log_out_removes_the_sessions_uploads(tmp_path: Path) -> None:
    session, app, config = Session(), AppConfig(data=tmp_path), ComposeConfig()
    uploads = open_uploads(session, app, config, Clock(), None, None)
    uploads.keep(a_file(b"1"), ONE)
    forget_uploads(session, app, config).close()
    assert uploads.of(ONE) == ()


def test_a_log_out_without_uploads_needs_no_key(tmp_path: Path) -> None:
    session = Session()
    forget_uploads(session, AppConfig(data=tmp_path), ComposeConfig()).close()
    assert KEY not in session.secrets


def test_a_composition_is_remembered_as_sent_by_its_sender_alone(tmp_path: Path) -> None:
    once = SentOnce(tmp_path, Clock().now)
    with once.attempt("ann", ONE) as attempt:
        assert not attempt.sent
        attempt.mark_sent()
    with once.attempt("ann", ONE) as attempt:
        assert attempt.sent
    with once.attempt("bob", ONE) as attempt:
        assert not attempt.sent


def test_an_attempt_that_failed_is_not_remembered(tmp_path: Path) -> None:
    once = SentOnce(tmp_path, Clock().now)
    with pytest.raises(UpstreamError), once.attempt("ann", ONE):
        raise UpstreamError("no")
    with once.attempt("ann", ONE) as attempt:
        assert not attempt.sent


def test_what_was_sent_long_ago_is_forgotten(tmp_path: Path) -> None:
    app = AppConfig(data=tmp_path)
    with remember_sent(app, Clock()).attempt("ann", ONE) as attempt:
        attempt.mark_sent()
    late = remember_sent(app, Clock(lambda: datetime.now(UTC) + timedelta(days=8)))
    with late.attempt("ann", ONE) as attempt:
        assert not attempt.sent


@pytest.mark.parametrize(
    ("login", "domain", "address"),
    [("ann@x.example", None, "ann@x.example"), ("ann", Line("x.example"), "ann@x.example"), ("ann", None, "ann")],
)
def test_the_usual_address_follows_from_the_login(login: str, domain: Line | None, address: str) -> None:
    settings, config = ComposeSettings(name=SenderName("Ann")), ComposeConfig(domain=domain)
    identity = main_identity(User(login), Session(), settings, config, None)
    assert (identity.address, identity.label) == (address, f"Ann <{address}>")


def test_what_the_login_told_of_name_and_address_counts_until_the_user_says_otherwise() -> None:
    session = Session(display_name="Ann Lee", address="ann.lee@x.example")
    told = main_identity(User("ann"), session, ComposeSettings(), ComposeConfig(), MAIN)
    chosen = main_identity(User("ann"), session, ComposeSettings(name=SenderName("Ann")), ComposeConfig(), MAIN)
    assert (told.label, chosen.label) == ("Ann Lee <ann.lee@x.example>", "Ann <ann.lee@x.example>")


def test_an_account_of_its_own_name_and_address_is_sent_from_with_them() -> None:
    account = MailAccount(AccountName("club"), "club@y.example", "The Club")
    settings = ComposeSettings(name=SenderName("Ann"))
    identity = main_identity(User("ann@x.example"), Session(), settings, ComposeConfig(), account)
    assert identity.label == "The Club <club@y.example>"


def test_only_an_upload_has_a_place_to_be_removed() -> None:
    assert ComposeAttachment("upload", "x", "a", "b/c", 1).remove_path == "/compose/attachments/x/remove"
    assert ComposeAttachment("keep", "draft:2", "a", "b/c", 1).remove_path == ""


def test_what_is_not_an_upload_in_the_folder_is_passed_over(uploads: Uploads, tmp_path: Path) -> None:
    kept = uploads.keep(a_file(b"1"), ONE)
    (file,) = tmp_path.rglob(str(kept.id))
    (file.parent / ".unfinished").write_bytes(b"x")
    assert uploads.of(ONE) == (kept,)


def test_undoing_is_offered_in_seconds() -> None:
    assert [choice.label for choice in UndoTime] == ["Not at all", "5 seconds", "10 seconds", "30 seconds"]
