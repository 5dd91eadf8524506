"""`python -m authlogs` is the command line."""

from authlogs.cli import run

if __name__ == "__main__":
    run()
