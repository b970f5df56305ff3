"""Make the HTML of strangers safe to show."""

from modules.mail.html.cleaner import CleanHtml, clean_html
from modules.mail.html.colours import Paint
from modules.mail.html.enriched import enriched_to_html
from modules.mail.html.markdown import markdown_to_html
from modules.mail.html.quoted import quote_html
from modules.mail.html.safe import SafeHtml
from modules.mail.html.text import to_text
from modules.mail.html.trackers import TrackerList, read_trackers

__all__ = [
    "CleanHtml",
    "Paint",
    "SafeHtml",
    "TrackerList",
    "clean_html",
    "enriched_to_html",
    "markdown_to_html",
    "quote_html",
    "read_trackers",
    "to_text",
]
