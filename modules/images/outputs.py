"""What browsers get: octets that this site drew itself."""

from core import Stream
from modules.images.drawing import Picture
from modules.images.module import image_page, module


@module.output(image_page.stream)
def send_picture(picture: Picture) -> Stream:
    """The image, under a name that tells nothing."""
    kind = picture.media_type.removeprefix("image/").removesuffix("+xml")
    return Stream(iter((picture.octets,)), picture.media_type, f"image.{kind}", len(picture.octets), inline=True)
