"""`jiannuo …`: one entry point. `verify` needs no database and no Django; all else is a management command."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["verify"]:
        from jiannuo.tlog.verify import main as verify

        sys.exit(verify(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiannuo.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
