"""Imported atlases, and how far a grounding may be off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("atlas_grounding", sa.Column("spread_mm", sa.Float(), nullable=True))
    op.create_table(
        "atlas",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("file_affine", sa.JSON(), nullable=False),
        sa.Column("file_shape", sa.JSON(), nullable=False),
        sa.Column("origin_mm", sa.JSON(), nullable=False),
        sa.Column("pitch_mm", sa.Float(), nullable=False),
        sa.Column("shape", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Float(), nullable=False),
        sa.Column("volume", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_atlas"),
    )
    op.create_table(
        "atlas_organ",
        sa.Column("atlas", sa.Text(), nullable=False),
        sa.Column("label", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("laterality", sa.Text(), nullable=False),
        sa.Column("snomed", sa.Text(), nullable=False),
        sa.Column("uberon", sa.Text(), nullable=False),
        sa.Column("centre_mm", sa.JSON(), nullable=False),
        sa.Column("low_mm", sa.JSON(), nullable=False),
        sa.Column("high_mm", sa.JSON(), nullable=False),
        sa.Column("volume_mm3", sa.Float(), nullable=False),
        sa.Column("n_voxels", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["atlas"], ["atlas.name"], name="fk_atlas_organ_atlas_atlas", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("atlas", "label", name="pk_atlas_organ"),
    )
    op.create_table(
        "organ_alias",
        sa.Column("atlas", sa.Text(), nullable=False),
        sa.Column("label", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["atlas", "label"],
            ["atlas_organ.atlas", "atlas_organ.label"],
            name="fk_organ_alias_atlas_label_atlas_organ",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("atlas", "label", "idx", name="pk_organ_alias"),
    )
    op.create_index("ix_organ_alias_alias", "organ_alias", ["alias"])


def downgrade() -> None:
    """The imported atlases are lost; their files can be imported again."""
    op.drop_table("organ_alias")
    op.drop_table("atlas_organ")
    op.drop_table("atlas")
    op.drop_column("atlas_grounding", "spread_mm")
