"""The document for programs: what it says in a shell is said to a real server."""

import re
import subprocess
import threading
from pathlib import Path

from werkzeug.serving import make_server

from tests.modules.api.office import KEY, open_office

ROOT = Path(__file__).resolve().parents[2]
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def test_the_examples_for_programs_work_one_after_the_other(tmp_path: Path) -> None:
    beginning, *commands = SHELL.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    assert "SITE=" in beginning and len(commands) == 5
    with open_office(tmp_path / "data") as office:
        server = make_server("127.0.0.1", 0, office.house.app, threaded=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            script = f"set -e\nSITE=http://127.0.0.1:{server.port}\nKEY={KEY}\n" + "echo; echo --\n".join(commands)
            done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300)
        finally:
            server.shutdown()
            serving.join()
        assert done.returncode == 0, done.stderr
        _, settings, changed, ended, link = (part.strip() for part in done.stdout.split("--\n"))
        assert '"sections"' in settings or '"theme"' in settings
        assert '"location"' in changed and ended == '{"ended":true}'
        found = re.search(r'"link":"(/link/[A-Za-z0-9_-]{43})"', link)
        assert found is not None
        assert "Continue as ada" in office.browser().get(found[1]).get_data(as_text=True)


def test_every_word_for_programs_stands_in_the_document() -> None:
    source = (ROOT / "modules" / "api" / "errors.py").read_text(encoding="utf-8")
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    words = re.findall(r'code = "([a-z-]+)"', source)
    assert len(words) == 6 and [word for word in words if f"`{word}`" not in text] == []
