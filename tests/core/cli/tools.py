"""A small tree to build, and node and npm as a test wants them."""

import base64
import hashlib
import json
import stat
from dataclasses import dataclass
from pathlib import Path

# Stands for node: tells its version, remembers how it was called, and builds one file.
NODE = """#!/bin/sh
[ "$1" = --version ] && { echo "%(version)s"; exit 0; }
echo "$*" >> called
case "$1" in
    *tsc) [ -e types.wrong ] && { echo "main.ts(1,7): error TS2322"; exit 2; };;
    *build.mjs) /bin/mkdir -p "$2" && /bin/cp built.js "$2/app.1.js" && /bin/cp built.json "$2/manifest.json";;
esac
exit 0
"""
NPM = """#!/bin/sh
echo "npm $*" >> called
[ -e offline ] && { echo "npm error network: nobody answers" >&2; exit 1; }
/bin/mkdir -p node_modules
"""
# What the one built file holds.
BUILT = "run()\n"


@dataclass(frozen=True)
class Tree:
    """A folder like the project's, with tools beside it."""

    root: Path
    tools: Path

    def tool(self, name: str, text: str) -> None:
        """Put a program where the build looks for it."""
        file = self.tools / name
        file.write_text(text)
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def node(self, version: str = "v22.1.0") -> None:
        """Put a node of this version there."""
        self.tool("node", NODE % {"version": version})

    def called(self) -> list[str]:
        """How the tools were called since the last time that was asked."""
        file = self.root / "called"
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return lines


def plant(folder: Path) -> Tree:
    """A tree with sources of a front end, node and npm."""
    integrity = f"sha384-{base64.b64encode(hashlib.sha384(BUILT.encode()).digest()).decode()}"
    tree = Tree(folder / "tree", folder / "tools")
    for made in (tree.root / "core" / "assets", tree.root / "modules" / "tea" / "assets", tree.tools):
        made.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc", "tsconfig.json"):
        (tree.root / name).write_text("{}")
    (tree.root / "core" / "assets" / "main.ts").write_text("run();")
    (tree.root / "modules" / "tea" / "assets" / "main.ts").write_text("pour();")
    (tree.root / "built.js").write_text(BUILT)
    listed = {"app.js": {"path": "/site/app.1.js", "integrity": integrity}}
    (tree.root / "built.json").write_text(json.dumps(listed))
    tree.node()
    tree.tool("npm", NPM)
    return tree
