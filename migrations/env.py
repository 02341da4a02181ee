"""Run migrations in one transaction; on SQLite without foreign keys, so a table copy keeps its children."""

from alembic import context
from flask import current_app
from sqlalchemy import text

database = current_app.extensions["migrate"].db


def run() -> None:
    engine = database.engine.execution_options(tandem_writing=True)
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=database.metadata,
                compare_type=True,
                render_as_batch=False,
                user_module_prefix="app.db.",
                render_item=_render_item,
            )
            with connection.begin(), context.begin_transaction():
                context.run_migrations()
                if sqlite:
                    broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
                    if broken:
                        raise RuntimeError(f"migration would leave dangling references: {broken[:5]}")
        finally:
            if sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


def _render_item(kind, value, autogen_context):
    if kind == "type" and type(value).__name__ == "UTCDateTime":
        autogen_context.imports.add("import app.db")
        return "app.db.UTCDateTime()"
    return False


run()
