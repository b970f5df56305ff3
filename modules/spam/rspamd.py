"""Teaching rspamd over HTTP: its controller learns whole messages as spam or as what is none."""

import http.client
import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from core import Secret, WebmailError, tls

# Learned, and learned before (rspamd's controller).
_LEARNED = frozenset({200, 208})
# Too short to learn anything from, or one that says no more than others: nothing anybody could mend.
_PASSED_OVER = frozenset({204})
_MOST_ANSWER = 4000


class NotLearned(WebmailError):
    """rspamd did not learn a message; the reason is for the log."""


@dataclass(frozen=True)
class Rspamd:
    """One controller."""

    url: str
    password: Secret | None
    tls_options: tls.TlsOptions

    def learn(self, message: bytes, *, spam: bool, ends: float) -> None:
        """Have a message learned before the monotonic time `ends`. Raises NotLearned with the reason."""
        headers = {"Content-Type": "message/rfc822", "User-Agent": "hm3", "Connection": "close"}
        if self.password is not None:
            headers["Password"] = self.password
        connection = self._connect(max(0.01, ends - time.monotonic()))
        try:
            path = f"{urlsplit(self.url).path}/{'learnspam' if spam else 'learnham'}"
            connection.request("POST", path, message, headers)
            response = connection.getresponse()
            status, told = response.status, response.read(_MOST_ANSWER)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotLearned(f"it gives no answer: {type(error).__name__}") from error
        finally:
            connection.close()
        if status not in _LEARNED | _PASSED_OVER:
            raise NotLearned(f"it answers with status {status}{_reason(told)}")

    def _connect(self, seconds: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = tls.make_context(self.tls_options)
            return http.client.HTTPSConnection(host, parts.port or 443, timeout=seconds, context=context)
        return http.client.HTTPConnection(host, parts.port or 80, timeout=seconds)


def _reason(told: bytes) -> str:
    """What the answer says is wrong, short and in one line."""
    try:
        answer = json.loads(told)
    except ValueError:
        return ""
    said = answer.get("error", "") if isinstance(answer, dict) else ""
    words = " ".join("".join(one if one.isprintable() else " " for one in str(said)).split())
    return f": {words[:200]}" if words else ""
