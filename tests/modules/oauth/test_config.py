"""The sections of hm3.ini about providers: what they mean, and how mistakes are told."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.loader import Loaded, load
from modules.oauth.config import OauthConfig, ProviderConfig
from modules.oauth.presets import facts_of
from modules.oauth.values import Kind

OWN = "[oauth.work]\nclient_id = c\nissuer = https://login.example.org\n"


def read(folder: Path, text: str) -> Loaded:
    ini = folder / "hm3.ini"
    ini.write_text(f"[modules]\noauth = on\n{text}")
    ini.chmod(0o600)
    return load(ini)


def one(folder: Path, text: str) -> ProviderConfig:
    sections = read(folder, text).configs[ProviderConfig]
    assert isinstance(sections, tuple) and isinstance(sections[0], ProviderConfig)
    return sections[0]


def test_every_section_is_a_provider(tmp_path: Path) -> None:
    loaded = read(tmp_path, f"{OWN}[oauth.Google]\nkind = google\nclient_id = g\n[oauth]\ntimeout = 5 s\n")
    found = loaded.configs[ProviderConfig]
    assert isinstance(found, tuple)
    assert [(str(each.provider), each.title) for each in found] == [("work", "Work"), ("google", "Google")]
    assert loaded.config(OauthConfig).timeout.total_seconds() == 5


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    (tmp_path / "secret").chmod(0o600)
    assert one(tmp_path, f"{OWN}client_secret = file:secret\n").client_secret == "s3cret"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[oauth.work]\nissuer = https://x.example\n", "hm3.ini:3: [oauth.work] client_id: this option is missing"),
        ("[oauth.work]\nclient_id = c\n", "hm3.ini:3: [oauth.work] give issuer"),
        ("[oauth.w_1]\nclient_id = c\nkind = google\n", "hm3.ini:3: [oauth.w_1] is no name for a provider"),
        (f"{OWN}colour = red\n", "hm3.ini:6: [oauth.work] colour: there is no such option."),
        ("[oauth.work]\nclient_id = c\nissuer = http://x.example\n", "would cross the network unencrypted"),
        ("[oauth.work]\nclient_id = c\nissuer = https://x.example?a=b\n", "holds a question mark"),
        ("[oauth.work]\nclient_id = c\nissuer = https://u@x.example\n", "is not an address like https://"),
        ("[oauth.work]\nclient_id = c\nissuer = https://x.example/#a\n", "is not an address like https://"),
        ("[oauth.work]\nclient_id = c\nissuer = https://[x\n", "is not an address like https://"),
        ("[oauth.work]\nclient_id = c\nkind = google\nissuer = https://x.example\n", "brings its issuer"),
        (f"{OWN}login = off\n", "login and mail are both off"),
        (f"{OWN}name = email\n", "name = email needs allowed_domains"),
        (f"{OWN}allowed_domains = example\n", "is not a domain like example.org"),
        (f"{OWN}scopes = email\n", "scopes lacks openid"),
        (f"{OWN}scopes = openid email\n", "is not a list of scopes with commas between"),
        (f"{OWN}mail = on\n", "mail = on needs imap_host"),
        (f"{OWN}mail = on\nimap_host = mail.example.org\nimap_security = none\n", "security = none"),
        (f"{OWN}tenant = x\n", "tenant is for kind = microsoft"),
        (f"{OWN}region = eu\n", "region is for kind = zoho"),
        (f"{OWN}roles = admins\n", "is not a list like admin: mail-admins"),
        (f"{OWN}roles = ;\n", "names no role"),
        (f"{OWN}roles_claim = a b\n", "is not the name of a claim"),
        ("[oauth.m]\nclient_id = c\nkind = microsoft\ntenant = a/b\n", "is not the id of a tenant"),
        ("[oauth.z]\nclient_id = c\nkind = zoho\nmail = on\n", "mail = on needs mail_scopes"),
        ("[oauth]\ntimeout = 0 s\n", "hm3.ini:4: [oauth] timeout has to be longer than nothing"),
        ("[oauth]\nca_file = nowhere.pem\n", "there is no such file"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, text)
    assert sentence in str(refused.value)


def test_a_provider_for_everybody_is_pointed_out(tmp_path: Path) -> None:
    loaded = read(tmp_path, "[oauth.google]\nkind = google\nclient_id = g\n")
    assert any("Everybody with an account there can log in." in note for note in loaded.notes)
    quiet = read(tmp_path, "[oauth.google]\nkind = google\nclient_id = g\nallowed_domains = @Example.org\n")
    assert not any("Everybody" in note for note in quiet.notes)


def test_the_large_providers_are_known(tmp_path: Path) -> None:
    google = one(tmp_path, "[oauth.google]\nkind = google\nclient_id = g\nmail = on\n")
    assert google.scopes_for(mail=True) == ("openid", "email", "profile", "https://mail.google.com/")
    assert google.scopes_for(mail=False) == ("openid", "email", "profile")
    assert google.imap is not None and google.imap.host == "imap.gmail.com"
    assert google.fixed is not None and google.fixed.issuer == "https://accounts.google.com"
    zoho = one(tmp_path, "[oauth.z]\nkind = zoho\nclient_id = z\nregion = eu\n")
    assert zoho.fixed is not None and zoho.fixed.token == "https://accounts.zoho.eu/oauth/v2/token"


def test_microsoft_s_issuer_is_that_of_the_tenant_or_of_whichever_a_token_names() -> None:
    for tenant, issuer in (("common", "{tenantid}"), ("8eaef023", "8eaef023")):
        endpoints = facts_of(Kind.MICROSOFT, tenant).endpoints
        assert endpoints is not None
        assert endpoints.issuer == f"https://login.microsoftonline.com/{issuer}/v2.0"


def test_an_admin_may_name_every_address_and_server(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        f"{OWN}authorization_url = https://a.example/a\ntoken_url = https://a.example/t\n"
        "keys_url = https://a.example/k\nrevocation_url = https://a.example/r\nmail = on\nimap_host = i.example\n"
        "imap_security = starttls\nsmtp_host = s.example\nsmtp_security = starttls\nmail_scopes = offline_access, m\n",
    )
    assert found.fixed is not None
    assert (found.fixed.authorization, found.fixed.revocation) == ("https://a.example/a", "https://a.example/r")
    assert found.imap is not None and found.smtp is not None
    assert (found.imap.port, found.smtp.port) == (143, 587)
    assert found.scopes_for(mail=True)[-2:] == ("offline_access", "m")
