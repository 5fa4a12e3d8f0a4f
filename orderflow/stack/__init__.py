"""The native stack: real servers as plain processes on loopback, under supervisor, with all state in one folder."""
