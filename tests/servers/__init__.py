"""Real mail servers and their users, for tests."""
