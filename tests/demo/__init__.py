"""Tests of the demo's servers and mailbox."""
