"""`python -m jiannuo.scoring SCHEME DATA -o OUT`."""

import sys

from .command import main

sys.exit(main())
