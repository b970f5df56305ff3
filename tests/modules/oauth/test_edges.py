"""What happens beside the way: no mailbox, no address, other options, log-out, farewell, new keys."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import KeySet
from werkzeug.wrappers import Response

from core import AtFarewell, Secret, ServerSealed, UserSealed
from core.security.crypto import new_key
from demo.certificates import make_certificates
from modules.oauth.config import OauthConfig
from modules.oauth.errors import NotProven, ProviderFailed
from modules.oauth.handover import Handover
from modules.oauth.identity import Expected, _is_fresh, _names_us, check_identity
from modules.oauth.services import drop_handed, seal_for_users, seal_in_vault, seal_waiting, take_leave
from modules.oauth.web import open_session, read_object
from tests.modules.oauth.desk import Desk, sit_down
from tests.modules.oauth.site import OauthSite, ask_provider, come_back, go, open_site, words
from tests.servers.authorization import Provider

AFTER = timedelta(minutes=5)


@pytest.fixture
def desk(tmp_path: Path, provider: Provider) -> Iterator[Desk]:
    with sit_down(tmp_path, provider) as desk:
        yield desk


def expected(issuer: str) -> Expected:
    return Expected(issuer, "us", "n", datetime.now(UTC))


def test_a_proof_that_is_too_old_does_not_count_where_the_admin_says_so(tmp_path: Path, provider: Provider) -> None:
    with open_site(tmp_path, provider, "max_age = 5 min\n") as site:
        assert site.log_in()[1].location == "/mail/"
        assert provider.queries[-1]["max_age"] == "300"
        provider.claims = {"auth_time": time.time() - 1000}
        assert "It is too long ago that you proved who you are." in words(site.log_in()[1])
        provider.claims = {"auth_time": None}
        assert "It is too long ago" in words(site.log_in()[1])


def test_a_tenant_is_named_by_the_token_and_is_a_word() -> None:
    many = expected("https://x.example/{tenantid}/v2.0")
    claims = {"iss": "https://x.example/9188-a/v2.0", "aud": "us", "tid": "9188-a"}
    assert _names_us(claims, many)
    assert not _names_us({**claims, "tid": "other"}, many)
    assert not _names_us({"iss": "https://x.example/{tenantid}/v2.0", "aud": "us"}, many)
    assert not _names_us({"iss": "https://x.example/a/b/v2.0", "aud": "us", "tid": "a/b"}, many)
    assert not _is_fresh({"auth_time": True}, many, AFTER)


def test_connecting_needs_a_provider_with_mail(site: OauthSite) -> None:
    browser, _ = site.log_in()
    assert browser.post("/oauth/connect/work", token=browser.token("/security")).status_code == 404


def test_only_users_connect_anything(site: OauthSite) -> None:
    browser = site.browser()
    assert browser.post("/oauth/connect/work").status_code == 401
    assert browser.get("/oauth/finish").location.startswith("/login")


def test_nothing_is_finished_that_was_not_begun(site: OauthSite) -> None:
    browser, _ = site.log_in()
    assert browser.get("/oauth/finish").location == "/mail/"


def test_a_provider_for_mail_alone_logs_nobody_in(tmp_path: Path, provider: Provider) -> None:
    mail = "mail = on\nimap_host = localhost\n"
    with open_site(tmp_path, provider, mail) as site:
        answer = ask_provider(go(browser := site.browser()))
        kept = browser.client.get_cookie("hm3_oauth")
        assert kept is not None
    with open_site(tmp_path, provider, f"{mail}login = off\n") as site:
        browser = site.browser()
        assert "Log in with Work" not in words(browser.get("/login"))
        assert browser.post("/oauth/login/work").status_code == 404
        browser.client.set_cookie("hm3_oauth", kept.value)
        assert "Nobody logs in by Work here." in words(come_back(browser, answer))


def test_without_a_module_for_them_no_further_mailbox_is_connected(tmp_path: Path, provider: Provider) -> None:
    from tests.modules.oauth.test_mail import connect

    with open_site(tmp_path, provider, "mail = on\nimap_host = localhost\n") as site:
        browser, _ = site.log_in()
        assert connect(browser) == "/accounts"
        assert "Further mailboxes cannot be connected here." in words(browser.get("/security"))
        provider.claims = {"email": None}
        assert connect(browser) == "/security"
        assert "Work does not say which mailbox is yours." in words(browser.get("/security"))


def test_a_connection_belongs_to_the_session_that_began_it(tmp_path: Path, provider: Provider) -> None:
    from tests.modules.oauth.site import address_on

    with open_site(tmp_path, provider, "mail = on\nimap_host = localhost\n") as site:
        browser, _ = site.log_in()
        browser.post("/oauth/connect/work", token=browser.token("/security"))
        answer = ask_provider(address_on(browser.get("/oauth/leave")))
        kept = browser.client.get_cookie("hm3_oauth")
        assert kept is not None
        out = site.browser()
        out.client.set_cookie("hm3_oauth", kept.value)
        assert "You were logged out in the meantime." in words(come_back(out, answer))
        browser.post("/logout", token=browser.token("/security"))
        assert provider.count("/token") == 1


def test_a_mailbox_without_a_name_is_not_opened(tmp_path: Path, provider: Provider) -> None:
    provider.claims = {"email": None}
    with open_site(tmp_path, provider, "mail = on\nimap_host = localhost\n") as site:
        browser, _ = site.log_in()
        assert "Your mailbox" not in words(browser.get("/security"))


def test_the_section_goes_with_its_provider(tmp_path: Path, provider: Provider) -> None:
    with open_site(tmp_path, provider) as site:
        browser, _ = site.log_in()
        assert "You log in with Work." in words(browser.get("/security"))
        (known,) = site.site.application.shared.find(_providers()) or ()
        known._providers.clear()  # type: ignore[attr-defined]  # as hm3.ini without it has it
        assert "You log in with" not in words(browser.get("/security"))


def _providers() -> type:
    from modules.oauth.providers import Providers

    return Providers


def test_the_command_says_what_to_register(tmp_path: Path, provider: Provider) -> None:
    from modules.oauth.commands import say_addresses

    with open_site(tmp_path, provider) as site:
        run = site.site.application.run
        assert run(say_addresses, {}) == "work: http://localhost/oauth/return/work"
        (known,) = site.site.application.shared.find(_providers()) or ()
        known._address = ""  # type: ignore[attr-defined]  # as hm3.ini without [app] address has it
        assert "[app] address" in str(run(say_addresses, {}))
        known._providers.clear()  # type: ignore[attr-defined]  # as hm3.ini without providers has it
        assert "names no provider yet" in str(run(say_addresses, {}))


def test_a_user_who_leaves_leaves_no_token_anywhere(desk: Desk) -> None:
    session = desk.connected()
    leaving = take_leave(session, desk.vault, desk.providers, desk.revocations)
    assert isinstance(leaving, AtFarewell)
    leaving.erase("bob")
    assert desk.vault.find("ada", "main") is not None
    leaving.erase("ada")
    assert desk.vault.of("ada") == () and desk.provider.grants[0].revoked


def test_an_admin_can_erase_tokens_that_only_their_user_can_open(desk: Desk) -> None:
    desk.connected()
    take_leave(desk.session(locked=True), desk.vault, desk.providers, desk.revocations).erase("ada")
    assert desk.vault.of("ada") == () and not desk.provider.grants[0].revoked


def test_what_is_sealed_says_so_to_those_who_change_keys(desk: Desk) -> None:
    users, vault, waiting = seal_for_users(desk.vault), seal_in_vault(desk.vault), seal_waiting(desk.revocations)
    assert isinstance(users, UserSealed) and isinstance(vault, ServerSealed) and isinstance(waiting, ServerSealed)
    desk.connected()
    fresh = new_key()
    users.reseal("ada", desk.data_key, fresh)
    found = desk.vault.find("ada", "main")
    assert found is not None and desk.vault.open(found, fresh) is not None
    assert (vault.reseal(lambda done: None), waiting.reseal(lambda done: None)) == (0, 0)


def test_the_tokens_of_a_session_go_when_it_ends(desk: Desk) -> None:
    handover = Handover()
    handover.give("one", "main", Secret("a"), 1.0)
    drop_handed(desk.session("one"), handover).close()
    assert handover.take("one", "main") is None


def test_a_provider_that_revokes_nothing_is_not_asked_to(tmp_path: Path, provider: Provider) -> None:
    with sit_down(tmp_path, provider) as desk:
        session = desk.connected()
        known = desk.providers._known["work"]
        assert known.endpoints is not None
        known.endpoints = known.endpoints.__class__(
            known.endpoints.issuer, known.endpoints.authorization, known.endpoints.token
        )
        desk.access(session).disconnect("main")
        assert provider.count("/revoke") == 0 and desk.vault.of("ada") == ()


def test_nothing_is_asked_over_an_open_way() -> None:
    with pytest.raises(ProviderFailed, match="not encrypted"), open_session(OauthConfig()) as session:
        session.get("http://provider.example/")


@pytest.mark.parametrize("trusted", [True, False])
def test_the_certificate_counts(tmp_path: Path, trusted: bool) -> None:
    import ssl
    import threading

    from werkzeug.serving import make_server

    made = make_certificates(tmp_path / "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    server = make_server("127.0.0.1", 0, Response('{"a": 1}', mimetype="application/json"), ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    address = f"https://localhost:{server.server_port}/"
    try:
        with open_session(OauthConfig(ca_file=made.ca_file if trusted else None)) as session:
            if trusted:
                assert read_object(session, address) == {"a": 1}
            else:
                with pytest.raises(ProviderFailed):
                    read_object(session, address)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_proof_needs_a_token() -> None:
    with pytest.raises(NotProven):
        check_identity("", lambda unknown: KeySet([]), expected("https://x.example"))
