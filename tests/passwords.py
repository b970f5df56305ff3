"""Passwords of tests: hashed with the least work that hm3 allows, since most tests only have to get past them."""

QUICK_PASSWORDS = "[passwords]\nmemory = 19 MiB\npasses = 2\n"
