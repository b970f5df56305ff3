"""Tests of captcha."""
