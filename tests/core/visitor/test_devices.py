"""What a session tells of its device."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.database.engine import open_database
from core.ini.app import AppConfig
from core.ini.session import SessionConfig
from core.input.reading import Client
from core.security.crypto import new_key
from core.visitor.database_rows import DatabaseRows
from core.visitor.devices import Devices, describe_device, device_label, network
from core.visitor.permissions import Roles, User
from core.visitor.session import Session
from core.visitor.store import Opened, SessionStore

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/150.0.0.0 Safari/537.36 Edg/150.0",
            "Edge · Windows",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} SamsungBrowser/27.0 Chrome/125.0 Safari/537.36",
            "Samsung Internet · Android",
        ),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.0 Safari/605.1.15", "Safari · macOS"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/150.0.0.0 Safari/537.36", "Chrome · Linux"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_known_by_browser_and_system(agent: str, label: str) -> None:
    assert device_label(agent) == label


@pytest.mark.parametrize(
    ("address", "place"), [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:7:8::1", "2001:db8:7::/48"), ("x", ""), ("", "")]
)
def test_only_the_network_of_an_address_is_kept(address: str, place: str) -> None:
    assert network(address) == place


def test_without_the_data_key_nothing_is_kept() -> None:
    assert describe_device(Client("192.0.2.1", "Firefox/1"), None, "f") is None


def test_what_is_kept_can_be_read_with_the_data_key_alone_and_all_sessions_can_be_ended(tmp_path: Path) -> None:
    database, root, key = open_database(AppConfig(data=tmp_path).data), new_key(), new_key()
    store = SessionStore(DatabaseRows(database), root, SessionConfig(), Roles(), lambda: NOON)
    store.save(Opened(Session(visitor=User("ada"), key=key)), client=Client("192.0.2.9", "Firefox/1 Linux"))
    devices = Devices(DatabaseRows(database), root, lambda: NOON)
    (known,), (unknown,) = devices.of("ada", key, ""), devices.of("ada", None, "")
    assert (known.label, known.place, unknown.label, unknown.place) == ("Firefox · Linux", "192.0.2.0/24", "", "")
    assert (devices.end_all("bob"), devices.end_all("ada"), devices.of("ada", key, "")) == (0, 1, ())
    database.close()
