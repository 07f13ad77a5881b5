"""The application: webhooks in, decisions in the sidebar, notes out. The only place that knows everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from plugin.config import Settings
    from plugin.services import Services

__all__ = ["create_app"]


def create_app(
    settings: Settings | None = None, *, start_worker: bool = False, services: Services | None = None
) -> Flask:
    """Return the whole web application, its database brought up to date.

    `settings` are read from the environment when not given. With `start_worker` this process also works the inbox
    off and posts notes; `app.extensions["sidecue"].stop()` ends that. `services` made elsewhere (with another clock,
    another rulebook) bring their own settings. Raise SettingsInvalid or RuleFilesInvalid.
    """
    # Late: `import plugin` is the first thing every command does, and most of them need no web.
    from flask import Flask  # noqa: PLC0415 - see above

    from plugin import api, health, problems  # noqa: PLC0415 - see above
    from plugin.config import Settings  # noqa: PLC0415 - see above
    from plugin.ingest import webhooks  # noqa: PLC0415 - see above
    from plugin.services import Services  # noqa: PLC0415 - see above
    from plugin.sidebar import view as sidebar  # noqa: PLC0415 - see above

    if services is None:
        services = Services.build(settings or Settings.from_environment())
    settings = services.settings
    services.store.upgrade()

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.extensions["sidecue"] = services
    app.wsgi_app = services.traffic.counted(app.wsgi_app)  # type: ignore[method-assign]  # Flask's way to wrap it
    problems.register(app)
    for blueprint in (webhooks.blueprint, sidebar.blueprint, sidebar.files, health.blueprint):
        app.register_blueprint(blueprint)
    api.register(app)

    if start_worker:
        services.start()
    return app
