"""Tests of what `hm3 bench` measures with."""
