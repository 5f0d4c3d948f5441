"""``python -m pytest_visualdiff`` is the ``visualdiff`` command."""

from __future__ import annotations

import sys

from pytest_visualdiff.cli.command_line import main

sys.exit(main())
