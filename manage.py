#!/usr/bin/env python
"""Django's command line. With no variable set it uses the same settings, database and keys as `make run`."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egm_cms.settings.production")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
