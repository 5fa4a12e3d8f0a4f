"""The pure domain: no clock, no I/O, no environment."""
