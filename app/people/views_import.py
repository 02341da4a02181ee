"""Import people in the browser: upload, look at what would happen, confirm."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.db import transaction
from app.people import queries_import, service_import
from app.people.forms import UploadForm
from app.people.import_file import COLUMNS, UnreadableFile, read_sheet
from app.people.import_plan import Plan
from app.people.queries_import import Upload
from app.people.views_base import bp, keepers
from app.people.views_words import change_words
from app.web.refusals import NotFound

SHOWN = 200


@bp.route("/people/import", methods=["GET", "POST"])
@keepers
def import_people() -> Any:
    form = UploadForm()
    if request.method == "GET":
        return _upload_page(form)
    if not form.validate():
        return _upload_page(form), 422
    content = form.file.data.read()
    try:
        read_sheet(content)
    except UnreadableFile as error:
        form.file.errors = [str(error)]
        return _upload_page(form), 422
    with transaction():
        upload_id = service_import.keep_upload(
            g.actor.person_id, form.file.data.filename or "", content, clock.now()
        )
    return redirect(url_for("people.preview_import", upload_id=upload_id), 303)


@bp.get("/people/import/<int:upload_id>")
@keepers
def preview_import(upload_id: int) -> Any:
    upload = _get_upload(upload_id)
    plan = service_import.plan(read_sheet(upload.content), may_make_admins=g.actor.is_admin)
    return _preview_page(upload, plan)


@bp.post("/people/import/<int:upload_id>")
@keepers
def confirm_import(upload_id: int) -> Any:
    """Import what the preview showed; where it would now be something else, show that instead."""
    upload = _get_upload(upload_id)
    sheet, now = read_sheet(upload.content), clock.now()
    try:
        with transaction():
            done = service_import.import_people(
                sheet,
                now,
                may_make_admins=g.actor.is_admin,
                expected=request.form.get("fingerprint", ""),
            )
            service_import.drop_upload(upload_id)
    except service_import.PlanChanged:
        plan = service_import.plan(sheet, may_make_admins=g.actor.is_admin)
        return _preview_page(upload, plan, changed=True), 409
    flash(
        ngettext("%(num)s person was imported.", "%(num)s people were imported.", len(done.changes)),
        "success",
    )
    return redirect(url_for("people.directory"), 303)


@bp.post("/people/import/<int:upload_id>/discard")
@keepers
def discard_import(upload_id: int) -> Any:
    _get_upload(upload_id)
    with transaction():
        service_import.drop_upload(upload_id)
    flash(_("Nothing was imported."), "info")
    return redirect(url_for("people.import_people"), 303)


def _get_upload(upload_id: int) -> Upload:
    upload = queries_import.find_upload(upload_id, g.actor.person_id)
    if upload is None:
        raise NotFound(
            _("This file was imported or discarded already. What was imported stands under People.")
        )
    return upload


def _upload_page(form: UploadForm) -> str:
    return render_template("people/import.html", form=form, columns=COLUMNS)


def _preview_page(upload: Upload, plan: Plan, *, changed: bool = False) -> str:
    return render_template(
        "people/import_preview.html",
        upload=upload,
        plan=plan,
        changed=changed,
        left_out=len({each.row for each in plan.problems}),
        rows=[(each, change_words(each)) for each in plan.changes[:SHOWN]],
        problems=plan.problems[:SHOWN],
        shown=SHOWN,
    )
