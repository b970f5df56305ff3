"""Markdown as HTML, which is yet to be cleaned (RFC 7763): HTML inside it is shown as text."""

# Nesting costs much and says little.
_DEEPEST = 20


def markdown_to_html(text: str) -> str:
    """The HTML of Markdown; HTML inside it is shown as it was written."""
    from markdown_it import MarkdownIt  # messages in it are rare, and it takes long to read

    reader = MarkdownIt("js-default", {"html": False, "linkify": False, "maxNesting": _DEEPEST})
    return str(reader.render(text))
