"""Fuzzing of what reads mail: targets, seeds, and a runner that is led by coverage where atheris is installed."""
