"""Images that were fetched are kept for one session, encrypted, in a bounded room."""

from pathlib import Path

from core import ServerKeys, Session, User
from core.security.crypto import new_key
from modules.images.cache import KEPT_FOR, SWEEP_EVERY, ImageCache, ImageFiles
from modules.images.drawing import Picture
from modules.images.services import erase_at_farewell, erase_at_revocation
from tests.modules.images.gallery import folder_of

ROOT = new_key()
HERE = "https://example.org/a.png"
SEEN = Picture("image/webp", b"what is seen")


def session(id: str = "one", name: str = "ada", key: bytes | None = None) -> Session:
    return Session(id=id, visitor=User(name), key=key)


def cache(folder: Path, of: Session | None = None, most: int = 10**9, now: float = 1e9) -> ImageCache:
    return ImageCache(ImageFiles(folder, most, lambda: now), ServerKeys(ROOT), of or session())


def test_an_image_is_found_again_by_its_session_alone(tmp_path: Path) -> None:
    cache(tmp_path).keep(HERE, SEEN)
    assert cache(tmp_path).find(HERE) == SEEN
    assert cache(tmp_path).find("https://example.org/b.png") is None
    for other in (session("two"), session(name="bob"), session(key=new_key())):
        assert cache(tmp_path, other).find(HERE) is None


def test_nothing_can_be_read_on_the_disk(tmp_path: Path) -> None:
    cache(tmp_path, session("session-one", "ada@garden.example")).keep(HERE, SEEN)
    (file,) = folder_of(tmp_path)
    assert SEEN.octets not in file.read_bytes() and file.stat().st_size % 4096 < 100
    assert not any(word in str(file.relative_to(tmp_path)) for word in ("garden", "session-one", "example"))


def test_one_image_cannot_be_put_in_the_place_of_another(tmp_path: Path) -> None:
    cache(tmp_path).keep(HERE, SEEN)
    (first,) = folder_of(tmp_path)
    cache(tmp_path).keep("https://example.org/b.png", Picture("image/png", b"other"))
    (second,) = (file for file in folder_of(tmp_path) if file != first)
    second.replace(first)
    assert cache(tmp_path).find(HERE) is None


def test_a_session_leaves_nothing_and_nothing_of_others_is_lost(tmp_path: Path) -> None:
    for of in (session(), session("two"), session(name="bob")):
        cache(tmp_path, of).keep(HERE, SEEN)
    cache(tmp_path).erase()
    assert cache(tmp_path).find(HERE) is None and cache(tmp_path, session("two")).find(HERE) == SEEN
    cache(tmp_path, session("nobody's")).erase_all_of("ada")
    assert len(folder_of(tmp_path)) == 1 and cache(tmp_path, session(name="bob")).find(HERE) == SEEN


def test_the_oldest_make_room(tmp_path: Path) -> None:
    for place in range(6):
        cache(tmp_path, most=10_000, now=1e9 + place).keep(f"{HERE}?{place}", SEEN)
    kept = [place for place in range(6) if cache(tmp_path).find(f"{HERE}?{place}") is not None]
    assert kept == [4, 5]


def test_nothing_is_kept_for_long_even_where_nobody_logs_out(tmp_path: Path) -> None:
    cache(tmp_path).keep(HERE, SEEN)
    cache(tmp_path, session(name="bob"), now=1e9 + KEPT_FOR + 1).keep(HERE, SEEN)
    assert cache(tmp_path).find(HERE) is None and len(list(tmp_path.iterdir())) == 1


def test_the_folder_is_looked_through_only_now_and_then(tmp_path: Path) -> None:
    now = [1e9]
    files = ImageFiles(tmp_path, 0, lambda: now[0])
    files.write("a/b/1", b"x")
    files.write("a/b/2", b"x")
    assert len(folder_of(tmp_path)) == 1
    now[0] += SWEEP_EVERY
    files.write("a/b/3", b"x")
    assert folder_of(tmp_path) == []


def test_a_full_disk_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    found = cache(tmp_path / "file")
    found.keep(HERE, SEEN)
    assert found.find(HERE) is None


def test_whoever_is_logged_out_everywhere_or_leaves_leaves_no_images(tmp_path: Path) -> None:
    other = cache(tmp_path, session(name="bob"))
    for end in (erase_at_revocation(other).revoke, erase_at_farewell(other).erase):
        cache(tmp_path).keep(HERE, SEEN)
        end("ada")
        assert cache(tmp_path).find(HERE) is None


def test_the_images_of_a_session_are_erased_after_it_ended(tmp_path: Path) -> None:
    one = session()
    leaving = cache(tmp_path, one)
    cache(tmp_path, one).keep(HERE, SEEN)
    one.end()
    leaving.erase()
    assert not list(folder_of(tmp_path))
