"""The icons of pages: shapes of one built file, each drawn once."""

from markupsafe import Markup


class Icons(dict[str, Markup]):
    """The icons of one built file, drawn when they are first asked for."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def __missing__(self, name: str) -> Markup:
        drawn = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(self._path, name)
        self[name] = drawn
        return drawn
