"""Let tests find the modules of this folder, as `[modules] path` lets hm3 find them."""

from pathlib import Path

from core.importing import extend_path

extend_path(Path(__file__).resolve().parent)
