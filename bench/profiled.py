"""hm3 with an observer: the command line as it is, and in its worker a thread that notes what requests are busy with.

It notes while the file `profile.on` stands in hm3's data folder, and writes `profile.folded` when that file is gone:
a line for each stack, its functions from the outside to the inside, and how often it was seen.
"""

import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

SIGN, RESULT = "profile.on", "profile.folded"
_EVERY = 0.001
# Where the life of a request begins: what is outside of it only waits.
_BEGINS = "core/web/app.py:view"
_ROOT = f"{Path(__file__).resolve().parent.parent}/"


def main() -> None:
    """Run hm3's command line; the first argument is the data folder."""
    folder = Path(sys.argv.pop(1))
    # A thread that computes gives way after 5 ms otherwise, and all samples would fall where it waits.
    os.register_at_fork(after_in_child=lambda: _start(folder))
    from core.cli.main import main as run

    run()


def _start(folder: Path) -> None:
    sys.setswitchinterval(0.0005)
    threading.Thread(target=_watch, args=(folder,), name="profile", daemon=True).start()


def _watch(folder: Path) -> None:
    while True:
        if (folder / SIGN).exists():
            _note(folder)
        time.sleep(0.02)


def _note(folder: Path) -> None:
    seen: Counter[str] = Counter()
    own = threading.get_ident()
    while (folder / SIGN).exists():
        for thread, frame in sys._current_frames().items():
            if thread != own and (stack := folded(frame)):
                seen[stack] += 1
        time.sleep(_EVERY)
    lines = (f"{stack} {count}\n" for stack, count in seen.items())
    waiting = folder / f"{RESULT}.new"
    waiting.write_text("".join(lines), "utf-8")
    waiting.replace(folder / RESULT)


def folded(frame: FrameType | None) -> str:
    """A stack as `outer;inner`, from where a request begins; nothing where the thread serves none."""
    names: list[str] = []
    while frame is not None:
        code = frame.f_code
        name = f"{_short(code.co_filename)}:{code.co_name}"
        names.append(name)
        if name == _BEGINS:
            return ";".join(reversed(names))
        frame = frame.f_back
    return ""


def _short(path: str) -> str:
    if path.startswith(_ROOT):
        return path.removeprefix(_ROOT)
    return path.rpartition("site-packages/")[2] if "site-packages/" in path else path.rpartition("/lib/")[2]


if __name__ == "__main__":
    main()
