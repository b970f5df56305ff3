"""Tests of the idle clock."""
