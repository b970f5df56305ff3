"""What images adds to unsubscribe: its guarded way to web servers, for the request by one click."""

import logging

from core import Sentence
from modules.images.api import ImageAddress, NotShown, Silent, Web
from modules.unsubscribe.module import module
from modules.unsubscribe.results import NotTaken, OneClick

log = logging.getLogger("hm3.unsubscribe")

# RFC 8058 3.2
FORM = b"List-Unsubscribe=One-Click"


@module.service
def offer_one_click(web: Web) -> OneClick:
    """Posts the form to an address of the open net, over TLS, and follows nothing."""

    def post(address: str) -> None:
        try:
            there = ImageAddress.parse(address)
            if not there.encrypted:
                raise NotShown("nothing would be encrypted")
            status = web.submit(there, FORM)
        except Silent as error:
            raise NotTaken(Sentence("The server did not answer in time.")) from error
        except NotShown as error:
            log.info("a list could not be left: %s", error)
            raise NotTaken(Sentence("The server could not be reached.")) from error
        if not 200 <= status < 300:
            raise NotTaken(Sentence("The server did not take the request (status %(status)s).", status=str(status)))

    return OneClick(post)
