"""From results to HTML, JSON and files."""
