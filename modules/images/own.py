"""Pictures that came with a message, drawn anew like those of other machines, so that browsers get pixels alone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from core import User
from modules.images.cache import ImageCache
from modules.images.drawing import redraw_apart
from modules.images.errors import NotShown
from modules.images.pace import Pace

log = logging.getLogger("hm3.images")


@dataclass(frozen=True)
class OwnPictures:
    """Draws one user's pictures, and keeps them for as long as the session lasts."""

    user: User
    cache: ImageCache
    pace: Pace

    def draw(self, name: str, fetch: Callable[[], bytes]) -> tuple[str, bytes] | None:
        """The media type and the octets; None where there is no picture that can be shown. Raises TooMany."""
        # No address of the web begins like this.
        kept = f"part {name}"
        picture = self.cache.find(kept)
        if picture is None:
            with self.pace.turn(self.user.name):
                try:
                    picture = redraw_apart(fetch())
                except NotShown as error:
                    log.debug("a picture is not shown: %s", error)
                    return None
            self.cache.keep(kept, picture)
        return picture.media_type, picture.octets
