"""The web application of the demo: the whole of Sidecue, and the pages around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugin import create_app, logs
from plugin.config import Settings
from plugin.demo.desk import Notes, desk_blueprint
from plugin.demo.pages import demo_blueprint
from plugin.demo.watch import Watch
from plugin.wsgi import run_with

if TYPE_CHECKING:
    from flask import Flask


def make(settings: Settings, *, start_worker: bool) -> Flask:
    """Return the application with the demo's pages mounted."""
    app = create_app(settings)
    services = app.extensions["sidecue"]
    notes, watch = Notes(), Watch(services.pipeline)
    app.register_blueprint(demo_blueprint(notes, watch))
    app.register_blueprint(desk_blueprint(notes))
    if start_worker:
        services.start()
    return app


def application() -> Flask:
    """Return the application with its worker running, for the server process."""
    settings = Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
    app = make(settings, start_worker=True)
    run_with(app)
    return app
