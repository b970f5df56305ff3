"""A house with passkeys, and what people do there."""

import dataclasses
from typing import Any

import flask

import modules.passkeys.handlers
import modules.passkeys.login
import modules.passkeys.outputs
import modules.passkeys.unlocking
import modules.passkeys.with_twofactor
from core import Keyring, Module
from modules.passkeys.module import module as passkeys
from tests.core.web.door import Browser
from tests.modules.passkeys.authenticator import SoftKey, letters
from tests.modules.security.house import House

__all__ = ["passkeys"]
_USED = modules.passkeys
_BRIDGE = modules.passkeys.with_twofactor.__name__
HERE, LOGIN, STEP = "/security/passkeys", "/login/passkey", "/login/security-key"


def without_codes() -> Module:
    """Passkeys as they are where the module for codes is off."""
    return dataclasses.replace(
        passkeys,
        handlers=[one for one in passkeys.handlers if one.function.__module__ != _BRIDGE],
        outputs=[one for one in passkeys.outputs if one.function.__module__ != _BRIDGE],
        services=[one for one in passkeys.services if one.__module__ != _BRIDGE],
    )


def words(answer: flask.Response) -> str:
    return answer.get_data(as_text=True)


def asked(browser: Browser, where: str) -> Any:  # Any: JSON of the site
    """What the site asks a passkey for."""
    answer = browser.get(where, Accept="application/json")
    assert answer.status_code == 200, words(answer)
    return answer.get_json()


def send(browser: Browser, where: str, **fields: str) -> Any:  # Any: JSON of the site
    """What a script is answered; there has to be an answer."""
    answer = try_to_send(browser, where, **fields)
    assert answer.status_code == 200, words(answer)
    return answer.get_json()


def try_to_send(browser: Browser, where: str, token_from: str = "/login", **fields: str) -> flask.Response:
    return browser.post(where, fields, token=browser.token(token_from), Accept="application/json")


def begin(browser: Browser, use: str = "login", name: str = "Blue key", password: str = "old") -> Any:  # Any: as above
    """What the browser is to make a passkey of."""
    token = browser.token(HERE)
    answer = browser.post(
        f"{HERE}/begin", {"name": name, "use": use, "password": password}, token=token, Accept="application/json"
    )
    assert answer.status_code == 200, words(answer)
    return answer.get_json()


def add(browser: Browser, key: SoftKey, use: str = "login", name: str = "Blue key") -> str:
    """Add a passkey, which seals the login where it gives its material at once; its page."""
    made = key.make(request := begin(browser, use, name))
    if key.gives_material and use == "login":
        made["material"] = key.material(request)
    return str(send(browser, HERE, token_from=HERE, name=name, use=use, **made)["location"])


def enrolled(house: House, use: str = "login", name: str = "ada") -> SoftKey:
    """A user's new passkey."""
    key, (browser, _) = SoftKey(), house.enter(name)
    add(browser, key, use)
    return key


def log_in(browser: Browser, key: SoftKey, **more: str) -> flask.Response:
    """What the site answers to somebody who logs in with a passkey."""
    sent = key.answer(asked(browser, LOGIN))
    return try_to_send(browser, LOGIN, **({"username": letters(key.id)} | sent | more))


def keyring(house: House) -> Keyring:
    """The keys of everybody in the house."""

    def find(keyring: Keyring) -> Keyring:
        return keyring

    found = house.site.application.run(find, {})
    assert isinstance(found, Keyring)
    return found


def stranger(house: House) -> Browser:
    return Browser(house.app.test_client())


def is_in(browser: Browser) -> bool:
    return browser.get("/settings").status_code == 200
