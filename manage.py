#!/usr/bin/env python3
"""Django's command line; `python -m jiannuo` is the same."""

from jiannuo.__main__ import main

if __name__ == "__main__":
    main()
