"""Whatever a module encrypts, it encrypts in the suite that hm3.ini names."""

import ast

from tests.architecture.sources import Source, python

# The key, the data, what they are for, and the suite.
_WITH_SUITE = 4


def usual(source: Source) -> list[str]:
    """Where a file encrypts in the usual suite, whatever hm3.ini says."""
    return [
        f"{source.name}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "crypto.seal"
        if len(node.args) < _WITH_SUITE and not any(named.arg == "suite" for named in node.keywords)
    ]


def test_modules_encrypt_in_the_suite_that_is_configured() -> None:
    sources = python("modules")
    assert any("crypto.seal(" in source.text for source in sources)
    assert [place for source in sources for place in usual(source)] == []
