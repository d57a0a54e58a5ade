"""`python -m simlead`: the command `simlead`, for where it is not on the path."""

import sys

from simlead.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
