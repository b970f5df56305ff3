"""Tests of ajax."""
