"""Logging in by a provider, and mail with the tokens that it gives."""
