"""Attachments: tells what files are by their content, what is odd about them, and which of them may be sent."""

from core import Module
from modules.attachments.config import AttachmentsConfig
from modules.attachments.judge import Judge
from modules.mail.api import AttachmentJudge

module = Module("attachments", requires=("mail",))
module.config(AttachmentsConfig)


@module.service
def offer_judge(config: AttachmentsConfig) -> AttachmentJudge:
    """What mail and compose ask about files."""
    return Judge(config)
