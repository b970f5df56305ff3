"""What pages give to those who ask for them."""

import flask


def form_token(page: flask.Response) -> str:
    """What every form of a page sends, to show that the site gave it out."""
    return page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
