"""Bytes become lines: files are found, uncompressed and cut into numbered lines."""
