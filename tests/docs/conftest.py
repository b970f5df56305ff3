"""What tests of the documents may ask for."""

from tests.core.conftest import shelf

__all__ = ["shelf"]
