"""The handler that shows an image."""

from modules.images.drawing import Picture
from modules.images.gallery import Gallery
from modules.images.inputs import ImageRequest
from modules.images.module import image_page, module


@module.handler(image_page)
def show_image(asked: ImageRequest, gallery: Gallery) -> Picture:
    """The image of an address that this session was given."""
    return gallery.show(asked)
