"""Alembic runs this: it migrates the connection it is given, and nothing else."""

from alembic import context

from kindline.store.tables import CONVERSATIONS

context.configure(
    keyring=context.config.attributes["keyring"],
    connection=context.config.attributes["connection"],
    target_metadata=CONVERSATIONS.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
