"""Checkpoints are notes over a Merkle tree, kept with what the tree needs to go on growing."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Checkpoints from before keep an empty note: they say what they always said."""
    op.add_column("checkpoint", sa.Column("note", sa.Text, nullable=False, server_default=""))
    op.add_column("checkpoint", sa.Column("peaks", sa.LargeBinary))
