"""Where hm3 keeps what outlives a request."""
