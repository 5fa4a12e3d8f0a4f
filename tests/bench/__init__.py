"""Measurements on the running stack, run by hand: `make bench`. Correctness is checked before any figure is printed."""
