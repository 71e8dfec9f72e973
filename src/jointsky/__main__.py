"""The program ``jointsky``: whatever stops it, from the first import on, ends in words."""

import contextlib
import importlib
import os
import sys
from typing import NoReturn

FAILED, INTERRUPTED = 1, 130
STANDARD_ERROR = 2


def run() -> None:
    """Run the command line and leave with its exit code.

    What takes a second to import is imported in here, where an interruption is met; so is what
    standard output still holds back, whose reader may be gone and whose disk may be full.
    """
    try:
        try:
            code = importlib.import_module("jointsky.cli.main").main()
        except SystemExit as leaving:  # --help, or an option that argparse refuses
            code = leaving.code
        sys.stdout.flush()
    except KeyboardInterrupt:
        _leave("interrupted", INTERRUPTED)
    except BrokenPipeError:
        _leave("", 0)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _leave(f"error {place}{error.strerror or error}", FAILED)
    sys.exit(code)


def _leave(message: str, code: int) -> NoReturn:
    """End at once: no more can be done with standard output, and nothing is to be said of it."""
    if message:
        with contextlib.suppress(OSError):
            os.write(STANDARD_ERROR, f"{message}\n".encode())
    os._exit(code)


if __name__ == "__main__":
    run()
