"""The stories, by where the fault is; importing them registers them."""

from stack.incidents import credentials, dependencies, edges, sessions, tokens

__all__ = ["credentials", "dependencies", "edges", "sessions", "tokens"]
