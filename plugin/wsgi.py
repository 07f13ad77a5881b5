"""For any WSGI server: `application()` makes the web application, with its worker.

One process per database is meant: `gunicorn --workers 1 --threads 8 'plugin.wsgi:application()'`.
"""

from __future__ import annotations

import atexit
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from plugin import create_app, logs
from plugin.config import Settings
from plugin.serve import end_with_parent

if TYPE_CHECKING:
    from flask import Flask


def application() -> Flask:
    """Return the application with its worker running; both stop with the process, and the process with its parent."""
    settings = Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
    app = create_app(settings, start_worker=True)
    run_with(app)
    return app


def run_with(app: Flask) -> None:
    """Have the app's background work end with this process, and this process with the one that started it."""
    stop = app.extensions["sidecue"].stop
    atexit.register(stop)
    Finalize(None, stop, exitpriority=10)  # a child of multiprocessing may leave without atexit
    end_with_parent(stop)
