"""Begin the record.

How long it locks: not at all, it makes new tables only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_account",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_passport_account")),
    )
    with op.batch_alter_table("passport_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_passport_account_organisation"), ["organisation"], unique=False
        )

    op.create_table(
        "passport_api_key",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_passport_api_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_passport_api_key_secret_hash")),
    )
    with op.batch_alter_table("passport_api_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_passport_api_key_organisation"), ["organisation"], unique=False
        )

    op.create_table(
        "passport_attachment",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_passport_attachment")),
    )
    op.create_table(
        "passport_checkpoint",
        sa.Column(
            "size",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_passport_checkpoint")),
    )
    op.create_table(
        "passport_commitment",
        sa.Column("commitment_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(salt) = 32", name=op.f("ck_passport_commitment_salt_is_256_bits")
        ),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_passport_commitment")),
        sa.UniqueConstraint("digest", name=op.f("uq_passport_commitment_digest")),
    )
    with op.batch_alter_table("passport_commitment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passport_commitment_about"), ["about"], unique=False)

    op.create_table(
        "passport_delegate",
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("delegate", sa.String(), nullable=False),
        sa.Column("document_digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("operator", "delegate", name=op.f("pk_passport_delegate")),
    )
    op.create_table(
        "passport_event",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_passport_event")),
    )
    with op.batch_alter_table("passport_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passport_event_battery", ["battery_id", "recorded_at"], unique=False
        )

    op.create_table(
        "passport_grant",
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column(
            "scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("legal_ground", sa.String(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_passport_grant")),
    )
    with op.batch_alter_table("passport_grant", schema=None) as batch_op:
        batch_op.create_index("ix_passport_grant_battery", ["battery_id"], unique=False)
        batch_op.create_index("ix_passport_grant_model", ["model_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_passport_grant_organisation"), ["organisation"], unique=False
        )

    op.create_table(
        "passport_idempotency",
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("response_status", sa.Integer(), nullable=False),
        sa.Column("response_body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(request_digest) = 32",
            name=op.f("ck_passport_idempotency_request_digest_is_sha256"),
        ),
        sa.PrimaryKeyConstraint("organisation", "key", name=op.f("pk_passport_idempotency")),
    )
    op.create_table(
        "passport_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("dedupe_key", sa.String(), nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passport_job")),
    )
    with op.batch_alter_table("passport_job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passport_job_open",
            ["run_at"],
            unique=False,
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        )
        batch_op.create_index(
            "uq_passport_job_untried_dedupe_key",
            ["dedupe_key"],
            unique=True,
            postgresql_where=sa.text("attempts = 0"),
            sqlite_where=sa.text("attempts = 0"),
        )

    op.create_table(
        "passport_leaf",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "leaf_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_passport_leaf_digest_is_sha256")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_passport_leaf")),
        sa.UniqueConstraint("digest", name=op.f("uq_passport_leaf_digest")),
        sa.UniqueConstraint("leaf_index", name=op.f("uq_passport_leaf_leaf_index")),
    )
    with op.batch_alter_table("passport_leaf", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passport_leaf_waiting",
            ["seq"],
            unique=False,
            postgresql_where=sa.text("leaf_index IS NULL"),
            sqlite_where=sa.text("leaf_index IS NULL"),
        )

    op.create_table(
        "passport_model",
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("sub_type", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_passport_model")),
    )
    with op.batch_alter_table("passport_model", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passport_model_operator"), ["operator"], unique=False)

    op.create_table(
        "passport_notice",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_passport_notice")),
    )
    with op.batch_alter_table("passport_notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passport_notice_organisation", ["organisation", "created_at"], unique=False
        )

    op.create_table(
        "passport_operator",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("operator_uri", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("did", sa.String(), nullable=False),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("keys", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_passport_operator")),
        sa.UniqueConstraint("did", name=op.f("uq_passport_operator_did")),
    )
    op.create_table(
        "passport_predecessor",
        sa.Column("succession_id", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "succession_id", "battery_id", name=op.f("pk_passport_predecessor")
        ),
    )
    with op.batch_alter_table("passport_predecessor", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_passport_predecessor_battery_id"), ["battery_id"], unique=False
        )

    op.create_table(
        "passport_producer_registration",
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("register_number", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint(
            "country",
            "category",
            "register_number",
            "role",
            "operator",
            name=op.f("pk_passport_producer_registration"),
        ),
    )
    op.create_table(
        "passport_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_passport_session")),
    )
    with op.batch_alter_table("passport_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passport_session_login"), ["login"], unique=False)

    op.create_table(
        "passport_status_list",
        sa.Column("list_id", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column(
            "revoked", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_passport_status_list")),
    )
    with op.batch_alter_table("passport_status_list", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_passport_status_list_operator"), ["operator"], unique=False
        )

    op.create_table(
        "passport_succession",
        sa.Column("succession_id", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column(
            "predecessors", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column(
            "remanufacturing",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=True,
        ),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column(
            "disputes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("succession_id", name=op.f("pk_passport_succession")),
        sa.UniqueConstraint("battery_id", name=op.f("uq_passport_succession_battery_id")),
    )
    op.create_table(
        "passport_tile",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column(
            "tile_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "tile_index", name=op.f("pk_passport_tile")),
    )
    op.create_table(
        "passport_battery",
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("sub_type", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("placed_on_market_on", sa.Date(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("content_digest_hex", sa.String(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("parts_recycled", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["passport_model.model_id"], name=op.f("fk_passport_battery_model_id")
        ),
        sa.PrimaryKeyConstraint("battery_id", name=op.f("pk_passport_battery")),
    )
    with op.batch_alter_table("passport_battery", schema=None) as batch_op:
        batch_op.create_index("ix_passport_battery_holder", ["holder", "battery_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_passport_battery_model_id"), ["model_id"], unique=False
        )
        batch_op.create_index(
            "ix_passport_battery_responsible", ["responsible", "battery_id"], unique=False
        )

    op.create_table(
        "passport_statement",
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("iri", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_list", sa.String(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["passport_leaf.digest"], name=op.f("fk_passport_statement_digest")
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_passport_statement")),
        sa.UniqueConstraint("digest", name=op.f("uq_passport_statement_digest")),
    )
    with op.batch_alter_table("passport_statement", schema=None) as batch_op:
        batch_op.create_index("ix_passport_statement_about", ["about", "kind"], unique=False)
        batch_op.create_index(
            "uq_passport_statement_series_version", ["series", "version"], unique=True
        )
        batch_op.create_index(
            "uq_passport_statement_status_place", ["status_list", "status_index"], unique=True
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("passport_statement", schema=None) as batch_op:
        batch_op.drop_index("uq_passport_statement_status_place")
        batch_op.drop_index("uq_passport_statement_series_version")
        batch_op.drop_index("ix_passport_statement_about")

    op.drop_table("passport_statement")
    with op.batch_alter_table("passport_battery", schema=None) as batch_op:
        batch_op.drop_index("ix_passport_battery_responsible")
        batch_op.drop_index(batch_op.f("ix_passport_battery_model_id"))
        batch_op.drop_index("ix_passport_battery_holder")

    op.drop_table("passport_battery")
    op.drop_table("passport_tile")
    op.drop_table("passport_succession")
    with op.batch_alter_table("passport_status_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_status_list_operator"))

    op.drop_table("passport_status_list")
    with op.batch_alter_table("passport_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_session_login"))

    op.drop_table("passport_session")
    op.drop_table("passport_producer_registration")
    with op.batch_alter_table("passport_predecessor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_predecessor_battery_id"))

    op.drop_table("passport_predecessor")
    op.drop_table("passport_operator")
    with op.batch_alter_table("passport_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_passport_notice_organisation")

    op.drop_table("passport_notice")
    with op.batch_alter_table("passport_model", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_model_operator"))

    op.drop_table("passport_model")
    with op.batch_alter_table("passport_leaf", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_passport_leaf_waiting",
            postgresql_where=sa.text("leaf_index IS NULL"),
            sqlite_where=sa.text("leaf_index IS NULL"),
        )

    op.drop_table("passport_leaf")
    with op.batch_alter_table("passport_job", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_passport_job_untried_dedupe_key",
            postgresql_where=sa.text("attempts = 0"),
            sqlite_where=sa.text("attempts = 0"),
        )
        batch_op.drop_index(
            "ix_passport_job_open",
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        )

    op.drop_table("passport_job")
    op.drop_table("passport_idempotency")
    with op.batch_alter_table("passport_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_grant_organisation"))
        batch_op.drop_index("ix_passport_grant_model")
        batch_op.drop_index("ix_passport_grant_battery")

    op.drop_table("passport_grant")
    with op.batch_alter_table("passport_event", schema=None) as batch_op:
        batch_op.drop_index("ix_passport_event_battery")

    op.drop_table("passport_event")
    op.drop_table("passport_delegate")
    with op.batch_alter_table("passport_commitment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_commitment_about"))

    op.drop_table("passport_commitment")
    op.drop_table("passport_checkpoint")
    op.drop_table("passport_attachment")
    with op.batch_alter_table("passport_api_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_api_key_organisation"))

    op.drop_table("passport_api_key")
    with op.batch_alter_table("passport_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_account_organisation"))

    op.drop_table("passport_account")
