"""The tests; their tree mirrors the source."""
