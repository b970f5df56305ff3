"""Folders of a server that parts their names by nothing: none lies inside of another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.modules.imap.scripted import ScriptedServer
from tests.modules.webmail import Webmail, open_webmail, write_plain_ini


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A mail server without a delimiter."""
    server = ScriptedServer({"LIST": b"* LIST () NIL INBOX\r\n* LIST () NIL Plants\r\n"})
    yield server
    server.stop()


@pytest.fixture
def webmail(server: ScriptedServer, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in there."""
    with open_webmail(write_plain_ini(server.server_port, tmp_path)) as webmail:
        webmail.log_in("ann", "secret")
        yield webmail


def test_no_folder_is_made_inside_of_another(webmail: Webmail, server: ScriptedServer) -> None:
    page = webmail.send("/folders/create", {"name": "Roses", "parent": "Plants"})
    assert (page.status, page.value("#new-name")) == (422, "Roses")
    assert "That folder cannot hold other folders on this server." in page.texts(".new-folder .field-error")
    assert server.said("CREATE") == []


def test_nobody_is_offered_to_make_one_there(webmail: Webmail) -> None:
    assert webmail.see("/folders").texts("#new-parent option") == ["no other folder"]


def test_a_slash_is_a_letter_like_any_other(webmail: Webmail, server: ScriptedServer) -> None:
    assert webmail.tell("/folders/create", {"name": "either//or"})[1]["name"] == "either//or"
    assert server.said("CREATE") == [b'CREATE "either//or"\r\n']
