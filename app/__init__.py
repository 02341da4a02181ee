"""Tandem: cross-training for teams that share customers. `create_app` wires the house together."""

from __future__ import annotations

from flask import Flask, g
from flask_babel import Babel, get_locale
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from app import db as database
from app import serve
from app.account import views as account
from app.authoring import cli as authoring
from app.competency import views as competency
from app.curriculum import views as curriculum
from app.dashboards import views as dashboards
from app.demo import cli as demo
from app.notifications import views as notifications
from app.onboarding import views as onboarding
from app.people import views as people
from app.playbook import views as playbook
from app.quizzes import views as quizzes
from app.quizzes.cli_formats import questions_cli
from app.quizzes.cli_practice import practice_cli
from app.roleplays import views as roleplays
from app.scheduling import views as scheduling
from app.scheduling.cli import planner_cli
from app.web import addresses, errors, guard, headers, health, intake, logs, proxies, words
from app.web import views as shell
from config import ROOT, Settings, read_settings

DOMAINS = (
    people,
    notifications,
    account,
    competency,
    curriculum,
    quizzes,
    roleplays,
    scheduling,
    playbook,
    onboarding,
    dashboards,
)
COMMANDS = (authoring.curriculum_cli, demo.demo_cli, questions_cli, practice_cli, planner_cli)

migrate = Migrate(directory=str(ROOT / "migrations"), render_as_batch=False)
csrf = CSRFProtect()
babel = Babel()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from settings (read from the environment when not given)."""
    settings = settings or read_settings()
    app = addresses.House(__name__, static_folder="web/static", template_folder="web/templates")
    app.config.from_mapping(settings.flask())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.set_up(as_json=settings.log_json)
    proxies.init_app(app, settings.trusted_proxies)

    database.init_app(app)
    migrate.init_app(app, database.db)
    babel.init_app(app, locale_selector=lambda: getattr(g.get("actor"), "locale", None))
    words.init_app(app, babel)
    app.jinja_env.globals["get_locale"] = get_locale
    addresses.init_app(app)
    headers.init_app(app)
    intake.init_app(app)
    shell.init_app(app)
    for domain in DOMAINS:
        domain.init_app(app)
    for group in COMMANDS:
        app.cli.add_command(group)
    if settings.demo:
        people.offer_demo_sign_ins(app, demo.sign_ins())
    guard.init_app(app)
    csrf.init_app(app)  # after the guard: a session that ended is told as that, not as an old form
    errors.init_app(app)
    app.register_blueprint(health.bp)

    serve.init_app(
        app,
        prepare_steps=[
            ("load the curricula", authoring.load_if_changed),
            ("load the demo organisation", demo.load_if_empty),
        ],
        greeting=lambda: _greeting(settings),
    )
    guard.assert_every_route_guarded(app)
    return app


def _greeting(settings: Settings) -> str:
    lines = [f"Tandem is at {settings.base_url}"]
    if settings.demo:
        lines.append(demo.sign_in_words())
    return "\n".join(lines)
