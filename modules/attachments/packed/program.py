"""The program that looks into archives, in a process that can read no folder of this project but this one."""

import sys
from pathlib import Path
from types import ModuleType


def start() -> int:
    """Let the package be found by its full name without those around it, and do its work."""
    package = ModuleType("modules.attachments.packed")
    package.__path__ = [str(Path(__file__).resolve().parent)]
    sys.modules.setdefault(package.__name__, package)
    from modules.attachments.packed.unpacking import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
