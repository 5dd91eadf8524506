"""Bytes become lines: files are found, uncompressed and cut, each line with its number and bytes."""
