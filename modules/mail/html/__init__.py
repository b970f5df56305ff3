"""Make the HTML of strangers safe to show."""

from modules.mail.html.cleaner import CleanHtml, clean_html
from modules.mail.html.safe import SafeHtml
from modules.mail.html.text import to_text

__all__ = ["CleanHtml", "SafeHtml", "clean_html", "to_text"]
