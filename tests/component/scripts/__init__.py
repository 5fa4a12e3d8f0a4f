"""The shell scripts, function by function, on made-up machines."""
