"""Tokens: renewed in time and once, rotated, noticed when they are revoked, erased when a mailbox is disconnected."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update
from werkzeug.wrappers import Response

from core import LoginNeeded, Secret, Session, SetupNeeded
from core.security.crypto import DecryptError, new_key
from modules.oauth.errors import ProviderFailed
from modules.oauth.handover import Handover
from modules.oauth.tables import revocations, tokens
from tests.modules.oauth.desk import Desk, sit_down
from tests.servers.authorization import Provider


@pytest.fixture
def desk(tmp_path: Path, provider: Provider) -> Iterator[Desk]:
    with sit_down(tmp_path, provider) as desk:
        yield desk


def linger() -> None:
    """Take a while before the provider answers as it does."""
    threading.Event().wait(0.3)


def the_same(answer: Response) -> Response:
    return answer


def kept(desk: Desk) -> Secret | None:
    found = desk.vault.find("ada", "main")
    assert found is not None
    return desk.vault.open(found, desk.data_key)


def test_a_token_is_used_until_shortly_before_its_end(desk: Desk) -> None:
    session = desk.connected()
    access = desk.access(session)
    first = access.token("main")
    desk.ahead = desk.ahead.__class__(minutes=50)
    assert access.token("main") == first
    desk.ahead = desk.ahead.__class__(minutes=59, seconds=30)
    assert access.token("main") == desk.provider.grants[0].access != first
    assert desk.provider.renewals() == 1


def test_a_token_that_lasts_shortly_is_not_renewed_at_every_request(tmp_path: Path, provider: Provider) -> None:
    provider.lasts = 40
    with sit_down(tmp_path, provider) as desk:
        access = desk.access(desk.connected())
        access.token("main"), access.token("main")
        assert provider.renewals() == 0


def test_another_session_gets_a_token_of_its_own(desk: Desk) -> None:
    desk.connected()
    other = desk.access(desk.session("two"))
    assert other.token("main") == desk.provider.grants[0].access
    assert desk.provider.renewals() == 1


def test_a_rotated_token_is_kept_and_the_one_before_is_not(desk: Desk) -> None:
    session = desk.connected()
    before = kept(desk)
    desk.access(session).refused("main")
    assert kept(desk) == desk.provider.grants[0].refresh != before


def test_a_provider_that_rotates_nothing_is_asked_with_the_same_token(desk: Desk) -> None:
    desk.provider.rotates = False
    session = desk.connected()
    before = kept(desk)
    desk.access(session).refused("main")
    desk.access(session).refused("main")
    assert (kept(desk), desk.provider.renewals()) == (before, 2)


@pytest.mark.parametrize("processes", [1, 2])
def test_two_requests_at_once_ask_once_for_a_rotated_token(desk: Desk, processes: int) -> None:
    desk.connected()
    desk.provider.replies["/token"] = linger
    found: list[Secret] = []
    handovers = [Handover() for _ in range(processes)]

    def ask(place: int) -> None:
        session = desk.session("same")
        found.append(desk.access(session, handovers[place % processes]).token("main"))

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Each process has a token; nobody used one refresh token twice, which would have ended the consent.
    assert len(found) == 4 and desk.provider.renewals() == processes
    assert not desk.provider.grants[0].revoked and len(set(found)) == processes


def test_who_has_the_lease_and_dies_keeps_nobody_waiting_for_ever(desk: Desk) -> None:
    desk.connected()
    found = desk.vault.find("ada", "main")
    assert found is not None and desk.vault.lease(found) and not desk.vault.lease(found)
    desk.ahead = desk.ahead.__class__(seconds=31)
    assert desk.vault.lease(found)


def test_a_lease_that_is_never_given_back_is_told_in_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session = desk.connected()
    found = desk.vault.find("ada", "main")
    assert found is not None and desk.vault.lease(found)
    monkeypatch.setattr("modules.oauth.access.BUSY", desk.ahead.__class__(milliseconds=100))
    with pytest.raises(ProviderFailed):
        desk.access(session).refused("main")


def test_access_that_was_taken_back_is_noticed_and_told(desk: Desk) -> None:
    session = desk.connected()
    desk.provider.revoke_all()
    access = desk.access(session)
    with pytest.raises(SetupNeeded, match="Work does not let this site in any more") as told:
        access.refused("main")
    assert told.value.path == "/security"
    found = desk.vault.find("ada", "main")
    assert found is not None and not found.connected and found.blob is None
    assert not access.is_connected("main") and not session.has_secret("oauth.access.main")
    with pytest.raises(SetupNeeded):
        access.token("main")
    assert desk.provider.renewals() == 1


def test_a_provider_that_fails_takes_nothing_away(desk: Desk) -> None:
    session = desk.connected()
    before = kept(desk)
    for answer in (Response("x", 503), Response('{"error": "invalid_client"}', 401), Response('{"error": "<b>"}', 400)):
        desk.provider.replies["/token"] = partial(the_same, answer)
        with pytest.raises(ProviderFailed):
            desk.access(session).refused("main")
    del desk.provider.replies["/token"]
    assert kept(desk) == before
    desk.access(session).refused("main")


def test_without_a_refresh_token_the_mailbox_is_open_while_the_token_lasts(desk: Desk) -> None:
    desk.provider.gives_refresh = False
    session = desk.connected()
    access = desk.access(session)
    assert access.token("main")
    desk.ahead = desk.ahead.__class__(hours=2)
    with pytest.raises(SetupNeeded):
        access.token("main")


def test_while_the_data_are_locked_nothing_is_renewed_or_erased(desk: Desk) -> None:
    desk.connected()
    locked = desk.access(desk.session("two", locked=True))
    with pytest.raises(SetupNeeded, match="Unlock what is stored") as told:
        locked.token("main")
    assert told.value.path == "/security/unlock" and kept(desk) is not None


def test_disconnecting_erases_at_once_and_revokes(desk: Desk) -> None:
    session = desk.connected()
    refresh = desk.provider.grants[0].refresh
    other = desk.session("two")
    desk.access(other).token("main")
    desk.access(session).disconnect("main")
    assert desk.provider.grants[0].revoked and desk.provider.count("/revoke") == 1
    assert desk.vault.find("ada", "main") is None and not session.has_secret("oauth.access.main")
    with pytest.raises(SetupNeeded, match="not connected any more"):
        desk.access(other).token("main")
    assert not other.has_secret("oauth.access.main")
    assert refresh.encode() not in desk.dump()
    desk.access(session).disconnect("main")


def test_a_provider_that_is_down_is_told_later_and_not_for_ever(desk: Desk) -> None:
    session = desk.connected()
    desk.provider.replies["/revoke"] = lambda: Response("x", 503)
    desk.access(session).disconnect("main")
    assert desk.vault.find("ada", "main") is None
    desk.revocations.try_again()
    assert _waiting(desk) == 1
    assert desk.provider.grants[0].refresh.encode() not in desk.dump()
    del desk.provider.replies["/revoke"]
    desk.revocations.try_again()
    assert desk.provider.grants[0].revoked and _waiting(desk) == 0


def test_after_a_day_nobody_is_told_any_more(desk: Desk) -> None:
    session = desk.connected()
    desk.provider.replies["/revoke"] = lambda: Response("x", 503)
    desk.access(session).disconnect("main")
    desk.ahead = desk.ahead.__class__(hours=25)
    desk.revocations.try_again()
    assert _waiting(desk) == 0


def _waiting(desk: Desk) -> int:
    with desk.database.read() as connection:
        return len(connection.execute(select(revocations)).all())


def test_a_token_that_comes_while_the_mailbox_is_disconnected_is_revoked(desk: Desk) -> None:
    session = desk.connected()

    def meanwhile() -> None:
        found = desk.vault.find("ada", "main")
        assert found is not None
        desk.vault.forget(found)

    desk.provider.replies["/token"] = meanwhile
    with pytest.raises(SetupNeeded):
        desk.access(session).refused("main")
    assert desk.provider.grants[0].revoked and desk.vault.find("ada", "main") is None


def test_both_keys_are_needed_to_read_a_token(desk: Desk) -> None:
    desk.connected()
    found = desk.vault.find("ada", "main")
    assert found is not None
    assert desk.vault.open(found, new_key()) is None
    desk.vault_key[0] = new_key()
    with pytest.raises(DecryptError):
        desk.vault.open(found, desk.data_key)


@pytest.mark.parametrize(
    "change", [{"owner": "b" * 64}, {"account": "other"}, {"provider": "x"}, {"client": "c" * 64}, {"version": 9}]
)
def test_a_token_belongs_to_its_place(desk: Desk, change: dict[str, object]) -> None:
    desk.connected()
    found = desk.vault.find("ada", "main")
    assert found is not None
    with pytest.raises(DecryptError):
        desk.vault.open(replace(found, **change), desk.data_key)  # type: ignore[arg-type]  # each of its own type


def test_a_row_that_was_damaged_has_to_be_connected_again(desk: Desk) -> None:
    session = desk.connected()
    with desk.database.write() as connection:
        connection.execute(update(tokens).values(version=7))
    with pytest.raises(SetupNeeded):
        desk.access(session).refused("main")


def test_neither_token_lies_in_the_database_in_the_clear(desk: Desk) -> None:
    desk.connected()
    grant = desk.provider.grants[0]
    assert grant.refresh.encode() not in desk.dump() and grant.access.encode() not in desk.dump()


def test_another_client_id_is_another_connection(desk: Desk) -> None:
    session = desk.connected()
    with desk.database.write() as connection:
        connection.execute(update(tokens).values(client="x"))
    with pytest.raises(SetupNeeded):
        desk.access(session).token("main")


def test_tokens_follow_the_user_s_new_data_key(desk: Desk) -> None:
    desk.connected()
    fresh, before = new_key(), kept(desk)
    desk.vault.reseal("ada", desk.data_key, fresh)
    assert kept(desk) is None
    desk.data_key = fresh
    assert kept(desk) == before
    desk.vault.reseal("ada", new_key(), new_key())
    assert kept(desk) == before


def test_tokens_follow_the_vault_s_new_key(desk: Desk) -> None:
    session = desk.connected()
    desk.access(session).keep("second", desk.config, desk.consent())
    desk.provider.replies["/revoke"] = lambda: Response("x", 503)
    desk.access(session).disconnect("second")
    before, told = kept(desk), list[int]()
    desk.vault_key.insert(0, new_key())
    assert (desk.vault.renew(told.append), desk.revocations.renew(told.append), told) == (1, 1, [1, 1])
    assert (desk.vault.renew(told.append), desk.revocations.renew(told.append)) == (0, 0)
    del desk.vault_key[1]
    assert kept(desk) == before
    del desk.provider.replies["/revoke"]
    desk.revocations.try_again()
    assert _waiting(desk) == 0


def test_nobody_has_tokens_without_being_logged_in(desk: Desk) -> None:
    with pytest.raises(LoginNeeded):
        desk.access(Session()).token("main")


def test_tokens_in_memory_go_with_their_session() -> None:
    handover = Handover()
    handover.give("one", "main", Secret("a"), 5.0)
    handover.give("two", "main", Secret("b"), 5.0)
    handover.drop_session("one")
    assert (handover.take("one", "main"), handover.take("two", "main")) == (None, (Secret("b"), 5.0))


def test_tokens_in_memory_are_not_many() -> None:
    handover = Handover()
    for place in range(2001):
        handover.give(str(place), "main", Secret("a"), 5.0)
    assert handover.take("0", "main") is None and handover.take("2000", "main") is not None
