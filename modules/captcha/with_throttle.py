"""What captcha takes from throttle: how many attempts failed, so that the test can wait until some did."""

from modules.captcha.module import module
from modules.captcha.services import FailureHistory
from modules.throttle.api import Throttle


@module.service
def look_back(throttle: Throttle) -> FailureHistory:
    """The failed attempts that throttle counted."""
    return FailureHistory(throttle.failures)
