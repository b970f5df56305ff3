"""The whole site with its sessions in a real Redis, before browsers."""

from pathlib import Path

import pytest

from core import User
from core.errors import ConfigError
from tests.security.headers import flaws
from tests.security.whole import open_whole
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.servers

ADA = User("ada")


def session_in(server: RedisServer) -> str:
    return f"store = redis\nredis_url = {server.url}\n"


def test_a_session_in_redis_is_listed_and_logged_out_from_another_device(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    with open_whole(tmp_path, session=session_in(redis_server)) as whole:
        here, there = whole.browser(ADA), whole.browser(ADA)
        assert "Firefox · Linux" in here.get("/security").get_data(as_text=True)
        token = here.token("/security")
        assert here.post("/security/sessions/end-others", {}, token=token).status_code == 303
        assert there.get("/security").status_code == 303
        assert here.get("/security").status_code == 200
        assert list(redis_server.client().scan_iter("hm3:session:*")) != []


def test_a_redis_that_is_down_is_a_page_that_says_so_and_logs_nobody_out(
    redis_server: RedisServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_whole(tmp_path, session=session_in(redis_server)) as whole:
        browser = whole.browser(ADA)
        assert browser.get("/settings").status_code == 200
        rows = {key: redis_server.client().dump(key) for key in redis_server.client().scan_iter()}
        redis_server.stop()
        answer = browser.get("/settings")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
        assert "The place where sessions are kept does not answer. You are still logged in." in text
        assert "127.0.0.1" not in text and "Redis (" in caplog.text
        assert flaws(answer.headers) == []
        assert answer.headers.getlist("Set-Cookie") == [] or "Max-Age=0" not in str(answer.headers)
        told = browser.get("/settings", Accept="application/json").json
        assert told is not None and told["error"]["status"] == 503
        assert browser.get("/healthz").status_code == 200
        redis_server.start()
        for key, held in rows.items():
            redis_server.client().restore(key, 0, held)  # type: ignore[arg-type]  # redis-py tells of a coroutine too
        assert browser.get("/settings").status_code == 200


def test_a_site_whose_redis_is_not_there_does_not_start(redis_server: RedisServer, tmp_path: Path) -> None:
    redis_server.stop()
    with pytest.raises(ConfigError, match=r"Redis at 127.0.0.1, port \d+ does not answer.*\[session\] redis_url"):
        open_whole(tmp_path, session=session_in(redis_server)).__enter__()
    redis_server.start()
