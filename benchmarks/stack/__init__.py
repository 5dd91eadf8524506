"""A small login system of real processes, its users, and faults that are really switched on.

Nothing here knows how authlogs reads or judges, nor shares a line with its simulation: the logs are
what nginx, PyJWT, SQLite and aiohttp wrote while people signed in over loopback.
"""
