"""`python -m authlogs` is the command line."""

import sys

from authlogs.cli import main

if __name__ == "__main__":
    sys.exit(main())
