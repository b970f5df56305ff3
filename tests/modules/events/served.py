"""The whole site as `hm3 serve` serves it, without a front end: `python -m tests.modules.events.served <hm3.ini>`."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from wsgiref.types import WSGIApplication

from core.cli.crew import Crew
from core.cli.serve import shared_counts
from core.cli.server import address_of, listen, run_server
from core.ini.app import AppConfig, Bind
from core.loader import load
from core.security.sandbox import SandboxConfig, confine
from core.web.app import make_app
from core.web.site import open_parts
from tests.core.web.door import AnyFile


def main() -> int:
    """Serve on a free port with few threads, confined, until told to stop."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    ini = Path(sys.argv[1])
    loaded = load(ini)
    crew, counts = Crew(int(loaded.config(AppConfig).workers)), shared_counts(loaded)

    @contextmanager
    def site() -> Iterator[WSGIApplication]:
        data = loaded.config(AppConfig).data.resolve()
        confine(loaded.config(SandboxConfig), data, loaded.configs, loaded.folders.values())
        with open_parts(loaded, built=ini.parent, share=crew.share, counts=counts) as parts:
            yield make_app(replace(parts, assets=AnyFile(ini.parent)))

    with listen(Bind.parse("127.0.0.1:0")) as listener:
        threads = int(loaded.config(AppConfig).threads)
        return run_server(site, listener, threads, lambda: print(address_of(listener), flush=True), crew=crew)


if __name__ == "__main__":
    sys.exit(main())
