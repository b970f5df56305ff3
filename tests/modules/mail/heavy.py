"""A program of its own: serve a site, open every page of one message, and tell what came and the memory it took."""

import json
import sys
import threading
from pathlib import Path

from tests.modules.webmail import Webmail, open_webmail

INBOX = "/mail/main/INBOX/"
VIEWS = ("", "/frame", "/frame?plain=1", "/frame/remote", "/headers", "/print", "/source")
MODES = ("reply", "reply-all", "forward", "forward-attached")


def peak() -> int:
    """The most memory that this program has held, in MB; of a child, getrusage would tell its parent's too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def status_of(webmail: Webmail, place: str) -> int:
    """The status of a page whose octets are thrown away piece by piece."""
    answer = webmail.browser.get(place)
    for _ in answer.iter_encoded():
        pass
    answer.close()
    return int(answer.status_code)


def main(ini: str, name: str, password: str, uid: str) -> None:
    """Print the statuses, how often another reader was answered meanwhile, and the peak of memory in MB."""
    with open_webmail(Path(ini)) as webmail:
        other = webmail.visitor()
        for one in (webmail, other):
            one.log_in(name, password)
        before = peak()
        done = threading.Event()
        answered: list[int] = []

        def look_on() -> None:
            while not done.is_set():
                answered.append(status_of(other, "/settings"))
                done.wait(0.2)

        beside = threading.Thread(target=look_on)
        beside.start()
        original = f"account=main&mailbox=INBOX&uid={uid}"
        places = [INBOX, *(f"{INBOX}{uid}{view}" for view in VIEWS), f"{INBOX}{uid}/part/2"]
        places += [f"/compose?mode={mode}&{original}" for mode in MODES]
        try:
            statuses = {place: status_of(webmail, place) for place in places}
        finally:
            done.set()
            beside.join()
        grown = peak() - before
    print(json.dumps({"statuses": statuses, "answered": answered, "grown": grown}))


if __name__ == "__main__":
    main(*sys.argv[1:])
