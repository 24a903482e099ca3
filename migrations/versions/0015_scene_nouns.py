"""What the things of scenes are called and mean, so that scenes are found by what is where in them.

Of the scenes that are there the words are kept as they stand; what they mean is noted when they are read
again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scene_object", sa.Column("noun", sa.Text(), nullable=False, server_default=""))
    op.add_column("scene_object", sa.Column("concept", sa.Integer()))
    op.execute("UPDATE scene_object SET noun = lower(surface), checksum = NULL")
    op.create_index("ix_scene_object_noun", "scene_object", ["noun", "scene_id"])
    op.create_index("ix_scene_object_concept", "scene_object", ["concept", "scene_id"])
    op.create_index("ix_scene_relation_predicate", "scene_relation", ["predicate", "scene_id"])


def downgrade() -> None:
    op.drop_index("ix_scene_relation_predicate", "scene_relation")
    op.drop_index("ix_scene_object_concept", "scene_object")
    op.drop_index("ix_scene_object_noun", "scene_object")
    op.drop_column("scene_object", "concept")
    op.drop_column("scene_object", "noun")
    op.execute("UPDATE scene_object SET checksum = NULL")
