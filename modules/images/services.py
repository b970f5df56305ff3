"""What the module images offers: addresses for images, and what is behind them."""

from core import AppConfig, AtFarewell, AtLogout, AtRevocation, ServerKeys, Session, User
from modules.images.cache import ImageCache, ImageFiles
from modules.images.config import ImagesConfig
from modules.images.gallery import Gallery
from modules.images.names import Names
from modules.images.own import OwnPictures
from modules.images.pace import Pace
from modules.images.signing import SignedImages
from modules.images.web import Web
from modules.mail.api import ImageSource, PictureDrawing

AT_ONCE = 8


def open_files(app: AppConfig, config: ImagesConfig) -> ImageFiles:
    """The folder of images that were fetched."""
    return ImageFiles(app.data / "images", config.cache)


def open_web(config: ImagesConfig) -> Web:
    """The way to other machines."""
    return Web(config, Names(config))


def keep_pace(app: AppConfig, config: ImagesConfig) -> Pace:
    """Bounds, so that one reader's images never take more than half of the site's threads."""
    return Pace(int(config.per_minute), AT_ONCE, max(1, app.threads // 2 - AT_ONCE))


def offer_signed(keys: ServerKeys, session: Session) -> SignedImages:
    """The addresses of this session's images."""
    return SignedImages(keys, session)


def offer_source(signed: SignedImages) -> ImageSource:
    """What mail asks for the address at which an image is shown."""
    return signed


def offer_cache(files: ImageFiles, keys: ServerKeys, session: Session) -> ImageCache:
    """The images that were fetched for this session."""
    return ImageCache(files, keys, session)


def offer_gallery(user: User, signed: SignedImages, cache: ImageCache, web: Web, pace: Pace) -> Gallery:
    """The images of this user."""
    return Gallery(user, signed, cache, web, pace)


def offer_drawing(user: User, cache: ImageCache, pace: Pace) -> PictureDrawing:
    """What mail has the pictures drawn by that came with a message."""
    return OwnPictures(user, cache, pace)


def erase_at_logout(cache: ImageCache) -> AtLogout:
    """Remove the session's images when it ends."""
    return AtLogout(cache.erase)


def erase_at_revocation(cache: ImageCache) -> AtRevocation:
    """Remove a user's images when their sessions end."""
    return AtRevocation(cache.erase_all_of)


def erase_at_farewell(cache: ImageCache) -> AtFarewell:
    """Leave nothing of a user behind."""
    return AtFarewell(cache.erase_all_of)
