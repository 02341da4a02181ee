"""Pages of the playbook: the guides and the glossary, open to everyone signed in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Flask, g, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from app.competency import views_base as competency
from app.people.views_base import own_today
from app.playbook import queries
from app.web import navigation
from app.web.guard import signed_in
from app.web.refusals import NotFound

bp = Blueprint("playbook", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    competency.register_cheat_sheets(app, _cheat_sheets)
    navigation.register(app, _l("Playbook"), "playbook.articles", "playbook", 70)


def _cheat_sheets(module_ids: Collection[str]) -> dict[str, str]:
    """Return where the guides of these modules are read; a guide has the id of its module."""
    found = {each.id for each in queries.list_articles(None)} & set(module_ids)
    return {each: url_for("playbook.article", article_id=each) for each in found}


@bp.get("/playbook")
@signed_in
def articles() -> Any:
    return render_template("playbook/articles.html", articles=queries.list_articles(g.actor.department_key))


@bp.get("/playbook/<article_id>")
@signed_in
def article(article_id: str) -> Any:
    found = queries.find_article(article_id, g.actor.department_key)
    if found is None:
        raise NotFound()
    return render_template("playbook/article.html", article=found, today=own_today())


@bp.get("/glossary")
@signed_in
def glossary() -> Any:
    search = request.args.get("q", "")[:100]
    return render_template("playbook/glossary.html", terms=queries.list_terms(search), search=search)
