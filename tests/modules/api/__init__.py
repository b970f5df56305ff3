"""Tests of programs that log in, and of links."""
