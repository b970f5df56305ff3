"""What can go wrong with a provider, each as a sentence that is safe to show: none holds what the provider wrote."""

from core import Refusal, UpstreamError


class ProviderFailed(UpstreamError):
    """The provider does not answer, not in time, or with something that makes no sense."""


class NotProven(Refusal):
    """The provider's answer does not show who somebody is, or is not an answer to what this browser asked."""


class Denied(Refusal):
    """The provider, or the person there, said no."""


class Revoked(UpstreamError):
    """The provider takes the refresh token no more: the person took the access back, or it is too old."""
