"""Tests of reading hm3.ini."""
