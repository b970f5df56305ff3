"""Ask a provider whether a test was passed. Its answer is checked and bounded; visitors' addresses stay here."""

import http.client
import json
import logging
import time
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from core import tls
from modules.captcha.config import CaptchaConfig
from modules.captcha.errors import MISSING, USED, WRONG, NotPassed, Trouble
from modules.captcha.inputs import Answer
from modules.captcha.module import module
from modules.captcha.providers import ACTION, Facts, facts_of
from modules.captcha.store import SpentAnswers

log = logging.getLogger("hm3.captcha")

# For so long providers take a token; afterwards they refuse it themselves.
TOKEN_LASTS = timedelta(minutes=2)
_MOST_OCTETS = 64 * 1024
_OUR_FAULT = frozenset({"missing-input-secret", "invalid-input-secret", "sitekey-secret-mismatch", "bad-request"})


class Verifier:
    """Asks the provider that hm3.ini names."""

    def __init__(self, config: CaptchaConfig, spent: SpentAnswers) -> None:
        self._config = config
        self._spent = spent

    def check(self, answer: Answer) -> None:
        """Raise NotPassed unless the provider knows the token, and Trouble where it cannot tell."""
        facts = facts_of(self._config.provider)
        token = str(answer.recaptcha or answer.hcaptcha or answer.turnstile)
        if facts is None or not token:
            raise NotPassed(MISSING)
        if not self._spent.spend(token, TOKEN_LASTS):
            raise NotPassed(USED)
        told = self._ask(str(self._config.verify_address or facts.verify), token)
        if told.get("success") is not True:
            self._refuse(told.get("error-codes"))
        self._compare(told, facts)

    def _compare(self, told: dict[str, object], facts: Facts) -> None:
        """Raise NotPassed for a test that was passed elsewhere, for something else, or hardly."""
        hosts = {str(host).casefold() for host in self._config.hostnames}
        if str(told.get("hostname", "")).casefold() not in hosts:
            log.warning("A test was passed on another host than [captcha] hostnames names.")
            raise NotPassed(WRONG)
        if facts.tells_action and told.get("action") != ACTION:
            raise NotPassed(WRONG)
        score = told.get("score")
        if facts.tells_score and not (type(score) in (int, float) and float(str(score)) >= self._config.score):
            raise NotPassed(WRONG)

    def _refuse(self, codes: object) -> None:
        told = {str(code) for code in codes} if isinstance(codes, list) else set()
        if ours := sorted(told & _OUR_FAULT):
            log.error("The provider refuses what [captcha] site_key and secret say: %s.", ", ".join(ours))
            raise Trouble("The provider refuses the secret.")
        raise NotPassed(USED if "timeout-or-duplicate" in told else WRONG)

    def _ask(self, address: str, token: str) -> dict[str, object]:
        body = urlencode({"secret": str(self._config.secret), "response": token})
        try:
            status, octets = post(address, body, self._config.timeout.total_seconds())
            told = json.loads(octets)
        except (OSError, http.client.HTTPException) as error:
            raise Trouble(f"The provider cannot be reached: {type(error).__name__}.") from error
        except (ValueError, RecursionError) as error:
            raise Trouble("The provider answers with something that is no JSON.") from error
        if status != http.HTTPStatus.OK or not isinstance(told, dict):
            raise Trouble(f"The provider answers with status {status}, or with no object.")
        return told


def post(address: str, body: str, seconds: float) -> tuple[int, bytes]:
    """The status and the octets that an address answers a form with. No redirect is followed.

    Raises OSError or HTTPException where there is no whole answer of a bounded size in time.
    """
    parts, ends = urlsplit(address), time.monotonic() + seconds
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = tls.make_context(tls.TlsOptions())
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=seconds, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        connection.request("POST", parts.path or "/", body, headers)
        response = connection.getresponse()
        octets = b""
        while chunk := response.read1(_MOST_OCTETS):
            octets += chunk
            if len(octets) > _MOST_OCTETS or time.monotonic() > ends:
                raise TimeoutError("The answer is too long or takes too long.")
        return response.status, octets
    finally:
        connection.close()


@module.service
def open_verifier(config: CaptchaConfig, spent: SpentAnswers) -> Verifier:
    """Who is asked on this site."""
    return Verifier(config, spent)
