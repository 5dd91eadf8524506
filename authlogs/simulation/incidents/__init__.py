"""Incidents of many kinds, drawn by seed: every kind is one file in `kinds/`."""
