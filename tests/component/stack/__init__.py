"""The stack against programs made up for the test."""
