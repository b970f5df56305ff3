"""Tests of remembered devices."""
