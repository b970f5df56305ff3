"""What an admin may write in the hm3.ini of a whole site, and with which line and words it is answered."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from core.loader import load
from modules.twofactor.module import TwofactorConfig

LIKE = "It looks like postgresql+psycopg://name:password@host/database."


def site(folder: Path, text: str) -> Path:
    """The hm3.ini of a site with the shipped modules."""
    ini = folder / "hm3.ini"
    ini.write_text(text)
    ini.chmod(0o600)
    return ini


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[database]\n\nurl = nonsense\n", f"3: [database] url is no address. {LIKE}"),
        (
            "[database]\nurl = nosuchsql://canary@host/name\n",
            f"2: [database] url names a kind of database or a driver that is not installed here. {LIKE}",
        ),
        ("[session]\nidle = 1 h\nredis_url = localhost:6379\n", "3: [session] redis_url is not an address like redis:"),
        (
            "[session]\nredis_url = redis://127.0.0.1\nredis_ca = /no/such.pem\n",
            "3: [session] redis_ca = /no/such.pem: there is no such file.",
        ),
        ("[session]\nlongest = 2 h\nidle = 0 s\n", "3: [session] idle and longest have to be longer than nothing"),
        ("[app]\nname = x\ndata = hm3.ini\n", "3: [app] data = {folder}/hm3.ini is a file. Name a folder."),
        ("[crypto]\nkeys = hm3.ini\n", "2: [crypto] keys = {folder}/hm3.ini is a file. Name a folder."),
        ("[imap]\nport = 993\nhost = a b\n", "3: [imap] host = a b is not the name of a server, like mail.example.org"),
        ("[smtp]\ntimeout = 0 s\n", "2: [smtp] connect_timeout and timeout have to be longer than nothing."),
        ("[clamav]\nhost = http://clam\n[modules]\nclamav = on\n", "2: [clamav] host = http://clam holds more than"),
        (
            "[accounts]\nmost = 3\nhosts = *.example.org, mail example\n",
            "3: [accounts] hosts = mail example is not the",
        ),
        ("[accounts]\nca_file = no.pem\n", "2: [accounts] ca_file = {folder}/no.pem: there is no such file."),
        ("[spam]\nrspamd_ca_file = no.pem\n", "2: [spam] rspamd_ca_file = {folder}/no.pem: there is no such file."),
        (
            "[discovery]\nproviders = no.toml\n[modules]\ndiscovery = on\n",
            "2: [discovery] providers = {folder}/no.toml: the provider table cannot be read",
        ),
        ("[api.me]\nkey = canary\n[modules]\napi = on\n", "2: [api.me] key is not 32 or more letters and digits"),
        (
            "[oauth.work]\nclient_id = x\nkind = google\nmail = on\nimap_host = imap://x\n[modules]\noauth = on\n",
            "5: [oauth.work] imap_host = imap://x holds more than the server's name.",
        ),
    ],
)
def test_what_does_not_work_is_told_at_its_option(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(site(tmp_path, text))
    (sentence,) = str(refused.value).split("\n")
    assert sentence.startswith(f"{tmp_path}/hm3.ini:{told.format(folder=tmp_path)}")
    assert "canary" not in sentence


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("[imap]\nport = 143\n", "port = 143 is where servers expect security = starttls, and it is tls. Unless yours"),
        (
            "[imap]\nport = 993\nsecurity = starttls\n",
            "port = 993 is where servers expect security = tls, and it is st",
        ),
        ("[smtp]\nport = 587\n", "port = 587 is where servers expect security = starttls, and it is tls. Unless yours"),
        (
            "[smtp]\nport = 465\nsecurity = starttls\n",
            "port = 465 is where servers expect security = tls, and it is st",
        ),
        (
            "[smtp]\nverify = i-accept-any-certificate\n",
            "Any certificate is accepted from localhost, so anybody on the",
        ),
        (
            "[imap]\nverify = i-accept-any-certificate\n",
            "Any certificate is accepted from localhost, so anybody on the",
        ),
        ("[session]\nredis_url = redis://localhost\n", "redis_url is not used, because sessions are kept in the datab"),
        (
            "[ldap]\nport = 389\nhosts = localhost\nbase = dc=example\n[modules]\nldap = on\n",
            "port = 389 is where servers expect security = starttls, and it is tls.",
        ),
        (
            "[oauth.work]\nclient_id = x\nkind = google\nallowed_domains = example.org\nsmtp_port = 587\n"
            "[modules]\noauth = on\n",
            "smtp_port = 587 is where servers expect smtp_security = starttls, and it is tls. Unless yours is set up "
            "in another way, say smtp_security = starttls, or leave smtp_port out.",
        ),
    ],
)
def test_what_may_be_meant_otherwise_is_noted(tmp_path: Path, text: str, note: str) -> None:
    ini = site(tmp_path, text)
    (told,) = load(ini).notes
    assert told.startswith(f"{ini}:1: {text.split()[0]} {note}")


@pytest.mark.parametrize(
    "text",
    [
        "[imap]\nport = 993\n[smtp]\nport = 465\n",
        "[imap]\nport = 143\nsecurity = starttls\n[smtp]\nport = 587\nsecurity = starttls\n",
        "[imap]\nport = 143\nsecurity = none\n[smtp]\nport = 587\nsecurity = none\n",
        "[imap]\nport = 1993\n[smtp]\nport = 2525\nsecurity = starttls\n",
        "[session]\nstore = redis\nredis_url = redis://localhost\n",
    ],
)
def test_what_fits_together_is_not_noted(tmp_path: Path, text: str) -> None:
    assert load(site(tmp_path, text)).notes == ()


def test_a_wrong_switch_is_the_one_mistake_that_is_told(tmp_path: Path) -> None:
    ini = site(tmp_path, "[modules]\nmail = onn\nldap = maybe\napi = yess\n[api.me]\nkey = " + "k" * 40 + "\n")
    with pytest.raises(ConfigError) as refused:
        load(ini)
    assert [line.removeprefix(f"{ini}:").partition(" is ")[0] for line in str(refused.value).split("\n")] == [
        "2: [modules] mail",
        "3: [modules] ldap",
        "4: [modules] api",
    ]


def test_a_role_that_nobody_has_is_noted_where_it_is_asked_for(tmp_path: Path) -> None:
    ini = site(tmp_path, "[roles]\nMail-Admin = ann\n[twofactor]\nrequired = evryone, mail_admin\n")
    assert load(ini).notes == (
        f"{ini}:4: [twofactor] required: [roles] names no role evryone, so that it holds for nobody, unless a "
        "directory or provider gives it. Did you mean everyone?",
    )


@pytest.mark.parametrize("written", ["Mail-Admin", "mail_admin", "mail-admin", "everyone"])
def test_a_role_is_the_same_in_any_spelling(tmp_path: Path, written: str) -> None:
    loaded = load(site(tmp_path, f"[roles]\nMail-Admin = ann\n[twofactor]\nrequired = {written}\n"))
    assert loaded.notes == ()
    assert loaded.config(TwofactorConfig).requires(loaded.roles.of("ann"))


def test_of_modules_in_a_folder_that_is_not_there_nothing_more_is_said(tmp_path: Path) -> None:
    ini = site(tmp_path, "[modules]\npath = /no/such/folder\ntea = on\n[tea]\ncups = 3\n")
    with pytest.raises(ConfigError) as refused:
        load(ini)
    assert str(refused.value) == f"{ini}:2: [modules] path: there is no folder /no/such/folder."


def test_what_needs_a_module_that_is_off_is_told_at_the_switch(tmp_path: Path) -> None:
    ini = site(tmp_path, "[modules]\n\nlogin = off\n")
    with pytest.raises(ConfigError) as refused:
        load(ini)
    assert {line.partition(" requires ")[2] for line in str(refused.value).split("\n")} == {
        f"login, which is off. Switch it on with [modules] login = on, or switch {name} off."
        for name in ("idle", "passkeys", "remember", "throttle", "twofactor")
    }
    assert all(line.startswith(f"{ini}:3: Module ") for line in str(refused.value).split("\n"))


def test_a_password_that_is_not_used_is_noted(tmp_path: Path) -> None:
    (note,) = load(site(tmp_path, "[smtp]\nusername = hm3\npassword = canary\n")).notes
    assert "username and password are not used with authentication = login." in note and "canary" not in note


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that whoever runs hm3 may not look into, whoever runs the tests."""
    folder, look, read = tmp_path / "closed", Path.stat, Path.open

    def refuse(path: Path) -> None:
        if path.is_relative_to(folder):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        refuse(path)
        return look(path, follow_symlinks=follow_symlinks)

    def opened(path: Path, *how: Any, **more: Any) -> object:  # Any: whatever open takes
        refuse(path)
        return read(path, *how, **more)

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(Path, "open", opened)
    return folder


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[imap]\nca_file = {}/ca.pem\n", "[imap] ca_file = {}/ca.pem"),
        ("[session]\nredis_ca = {}/ca.pem\n", "[session] redis_ca = {}/ca.pem"),
        ("[modules]\npath = {}/more\n", "[modules] path: "),
        ("[modules]\noverrides = {}/own\n", "[modules] overrides: "),
        ("[smtp]\npassword = file:{}/key\n", "[smtp] password: the value names the file {}/key"),
    ],
)
def test_what_is_in_a_closed_folder_is_told_at_its_option(tmp_path: Path, closed: Path, text: str, named: str) -> None:
    ini = site(tmp_path, text.format(closed))
    with pytest.raises(ConfigError) as refused:
        load(ini)
    assert str(refused.value).startswith(f"{ini}:2: {named.format(closed)}")


def test_data_and_keys_may_be_in_a_folder_that_is_closed_to_whoever_checks(tmp_path: Path, closed: Path) -> None:
    assert load(site(tmp_path, f"[app]\ndata = {closed}/data\n[crypto]\nkeys = {closed}/keys\n")).notes == ()


def test_a_file_in_a_closed_folder_is_told(closed: Path) -> None:
    with pytest.raises(ConfigError, match=r"hm3\.ini: the file cannot be read: Permission denied\.$"):
        load(closed / "hm3.ini")
