"""python -m cds_service: the same as the command rert-cds."""

import sys

from cds_service.cli import main

if __name__ == "__main__":
    sys.exit(main())
