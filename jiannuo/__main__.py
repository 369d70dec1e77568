"""`jiannuo …`: one entry point. `verify` and `score` need no database and no Django, all else is Django's."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["verify"]:
        from jiannuo.tlog.verify import main as verify

        sys.exit(verify(sys.argv[2:]))
    if sys.argv[1:2] == ["score"]:
        from jiannuo.scoring.command import main as score

        sys.exit(score(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiannuo.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
