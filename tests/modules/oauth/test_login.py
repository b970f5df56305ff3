"""Logging in by a provider, over HTTP, and everything that must not let anybody in."""

from tests.modules.oauth.site import OauthSite, ask_provider, asked_for, come_back, go, words


def test_the_login_page_offers_the_provider(site: OauthSite) -> None:
    page = words(site.browser().get("/login?next=/settings"))
    assert 'action="/oauth/login/work"' in page and "Log in with Work" in page
    assert '<input type="hidden" name="next" value="/settings">' in page


def test_somebody_logs_in_and_goes_where_they_wanted(site: OauthSite) -> None:
    browser = site.browser()
    back = come_back(browser, ask_provider(go(browser, next="/settings")))
    assert (back.status_code, back.location) == (303, "/settings")
    assert browser.get("/settings").status_code == 200


def test_the_provider_is_asked_with_pkce_and_the_least_scopes(site: OauthSite) -> None:
    asked = asked_for(go(site.browser()))
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert asked["scope"] == "openid email profile"
    assert asked["redirect_uri"] == "http://localhost/oauth/return/work"
    assert len(asked["state"]) >= 43 and len(asked["nonce"]) >= 43
