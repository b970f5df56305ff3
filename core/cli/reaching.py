"""Whether the servers that hm3.ini names can be reached, as the checks of the modules find out."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Thread

from core.errors import ConfigError, UpstreamError, WrongOption
from core.ini.session import SessionConfig, Store
from core.loader import Loaded
from core.module import Check
from core.wiring.signature import needs

PATIENCE = 10.0  # in seconds, for all checks together


def try_servers(loaded: Loaded, say: Callable[[str], None], patience: float = PATIENCE) -> None:
    """Run all checks at once and say what works. Raises ConfigError with a line for each that fails or takes long."""
    logging.getLogger("hm3").addHandler(logging.NullHandler())  # what goes wrong is said here, with its line
    checks = [check for module in loaded.modules for check in module.checks]
    if loaded.config(SessionConfig).store is Store.REDIS:
        checks.append(Check("session", "redis_url", _try_redis))
    ended: SimpleQueue[tuple[Check, str | Exception]] = SimpleQueue()
    for check in checks:
        # One that hangs must not keep the command from ending.
        Thread(target=_run, args=(loaded, check, ended), daemon=True).start()
    until = time.monotonic() + patience
    open_ones, failed = list(checks), list[str]()
    while open_ones:
        try:
            check, outcome = ended.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            break
        open_ones.remove(check)
        if isinstance(outcome, str):
            say(f"[{check.module}] {check.option}: {outcome}")
        elif isinstance(outcome, WrongOption):
            failed.append(_told(loaded, check.module, outcome.option, str(outcome)))
        elif isinstance(outcome, UpstreamError):
            failed.append(_told(loaded, check.module, check.option, str(outcome)))
        else:
            raise outcome
    late = f"There is no answer within {patience:g} seconds."
    failed.extend(_told(loaded, check.module, check.option, late) for check in open_ones)
    if failed:
        raise ConfigError("\n".join(failed))


def _run(loaded: Loaded, check: Check, ended: "SimpleQueue[tuple[Check, str | Exception]]") -> None:
    try:
        ended.put((check, check.function(*(loaded.config(need.kind) for need in needs(check.function)))))
    except Exception as error:  # noqa: BLE001  # whoever waits for it says or raises it
        ended.put((check, error))


def _try_redis(config: SessionConfig) -> str:
    """Connect to Redis, with its password where hm3.ini has one."""
    from core.visitor.redis_rows import open_redis

    try:
        open_redis(config.redis_url, config.redis_ca, config.idle, lambda: datetime.now(UTC)).close()
    except ConfigError as error:
        raise WrongOption("redis_url", str(error)) from error
    return "Redis answers."


def _told(loaded: Loaded, section: str, option: str, sentence: str) -> str:
    """A sentence behind the line of an option, or behind the file where the option has its default."""
    sources = [one.source for one in loaded.effective if (one.section, one.option) == (section, option)]
    place = next((source for source in sources if source != "default"), str(loaded.ini))
    return f"{place}: [{section}] {option}: {sentence}"
