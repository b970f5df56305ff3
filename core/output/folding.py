"""Templates compiled for one language: what they say without a variable is translated once, not for each page."""

from gettext import NullTranslations

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

_SAYS = frozenset({"_", "gettext"})


class Spoken(NullTranslations):
    """The catalogues of one language as one, which finds a text that it was asked for before without looking again.

    Texts to be translated come from templates and code alone, so that there is an end to them.
    """

    def __init__(self, catalogues: NullTranslations) -> None:
        super().__init__()
        self.add_fallback(catalogues)
        self._found: dict[str, str] = {}

    def gettext(self, message: str) -> str:
        """The text in this language."""
        found = self._found.get(message)
        if found is None:
            found = self._found[message] = super().gettext(message)
        return found


class SpokenEnvironment(Environment):
    """An environment whose templates are all in one language, and say so when they are compiled."""

    spoken: NullTranslations | None = None

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if self.spoken is not None:
            _Folding(self.spoken).visit(source)
        return super()._generate(source, name, filename, defer_init)


class _Folding(NodeTransformer):
    """Puts the translation in the place of each call that asks for one with nothing but a constant."""

    def __init__(self, spoken: NullTranslations) -> None:
        self._spoken = spoken

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """A call of the translating function as a constant; others as they are."""
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name in _SAYS and len(node.args) == 1):
            return node
        said = node.args[0]
        if node.kwargs or node.dyn_args or node.dyn_kwargs or not isinstance(said, nodes.Const):
            return node
        try:
            # As the function does it: every text is a format, so that a sign for percent is written twice.
            text = Markup(self._spoken.gettext(str(said.value))) % {}
        except (KeyError, ValueError, TypeError):
            return node
        return nodes.Const(text, lineno=node.lineno)
