"""Images of messages that stand on other machines: they come through this site, and nobody learns who looks at them."""

from core import Module, Policy
from modules.images.config import ImagesConfig
from modules.images.services import (
    erase_at_farewell,
    erase_at_logout,
    erase_at_revocation,
    keep_pace,
    offer_cache,
    offer_drawing,
    offer_gallery,
    offer_signed,
    offer_source,
    open_files,
    open_web,
)
from modules.images.signing import PATH

module = Module("images", requires=("mail",))

image_page = module.page("image", PATH, policy=Policy.FILE, signed=True)

module.config(ImagesConfig)
for share in (open_files, open_web, keep_pace):
    module.shared(share)
for offer in (offer_signed, offer_source, offer_cache, offer_gallery, offer_drawing):
    module.service(offer)
for end in (erase_at_logout, erase_at_revocation, erase_at_farewell):
    module.service(end)
