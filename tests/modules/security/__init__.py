"""Tests of the security pages."""
