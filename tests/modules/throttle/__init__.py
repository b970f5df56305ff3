"""Tests of throttle."""
