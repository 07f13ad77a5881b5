"""For any WSGI server: `application()` makes the web application, with its worker.

One process per database is meant: `gunicorn --workers 1 --threads 8 'plugin.wsgi:application()'`.
"""

from __future__ import annotations

import atexit
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from plugin import create_app

if TYPE_CHECKING:
    from flask import Flask


def application() -> Flask:
    """Return the application with its worker running; both stop with the process."""
    app = create_app(start_worker=True)
    stop = app.extensions["sidecue"].stop
    atexit.register(stop)
    Finalize(None, stop, exitpriority=10)  # a child of multiprocessing leaves without atexit
    return app
