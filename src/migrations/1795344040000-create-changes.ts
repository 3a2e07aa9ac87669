import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Where what answers depend on is kept, and by which columns a change of it is named. Columns that
 * change with every use are left out: they alter no answer.
 */
const ROWS = [
  `CREATE TRIGGER "keycap_note_change" AFTER DELETE OR UPDATE OF "id", "organization_id", "project_id",
     "created_by_user_id", "name", "digest", "key_prefix", "scopes", "source", "environment",
     "device_name", "ip_allowlist", "rate_limit", "metadata", "created_at", "expires_at",
     "disabled_at", "paused_with_maker", "revoked_at", "must_be_used_by", "rotated_from_id",
     "replaced_by_id", "leaked_at", "leak_source_url", "leak_reported_ip" ON "api_keys"
     FOR EACH ROW EXECUTE FUNCTION keycap_note_change('api_key', 'digest')`,
  `CREATE TRIGGER "keycap_note_change" AFTER DELETE OR UPDATE OF "client_id", "id", "organization_id",
     "project_id", "name", "scopes", "token_ttl_seconds", "token_format",
     "token_endpoint_auth_method", "jwks", "jwks_uri", "ip_allowlist", "resources",
     "max_tokens_per_hour", "reuse_tokens", "token_generation", "is_active", "paused_with_maker",
     "created_by_user_id", "created_at", "deleted_at" ON "oauth_clients"
     FOR EACH ROW EXECUTE FUNCTION keycap_note_change('oauth_client', 'client_id')`,
  `CREATE TRIGGER "keycap_note_change" AFTER INSERT OR DELETE OR UPDATE OF "id", "client_id", "digest",
     "label", "hint", "created_at", "expires_at", "revoked_at", "token_generation" ON "oauth_client_secrets"
     FOR EACH ROW EXECUTE FUNCTION keycap_note_change('oauth_client', 'client_id')`,
  `CREATE TRIGGER "keycap_note_change" AFTER DELETE OR UPDATE ON "access_tokens"
     FOR EACH ROW EXECUTE FUNCTION keycap_note_change('access_token', 'digest')`,
  `CREATE TRIGGER "keycap_note_change" AFTER DELETE OR UPDATE ON "organizations"
     FOR EACH ROW EXECUTE FUNCTION keycap_note_change('organization', 'id')`,
  `CREATE TRIGGER "keycap_note_change" AFTER INSERT OR DELETE OR UPDATE ON "memberships"
     FOR EACH ROW EXECUTE FUNCTION keycap_note_change('member', 'organization_id', 'user_id')`,
  `CREATE TRIGGER "keycap_note_change" AFTER DELETE OR UPDATE OF "id", "disabled_at" ON "users"
     FOR EACH ROW EXECUTE FUNCTION keycap_note_change('user', 'id')`,
  `CREATE TRIGGER "keycap_note_change" AFTER INSERT OR DELETE OR UPDATE ON "projects"
     FOR EACH ROW EXECUTE FUNCTION keycap_note_change('project', 'id')`,
  // Issuing a token is no change; the revocation of one that was not stored is.
  `CREATE TRIGGER "keycap_note_denial" AFTER INSERT ON "access_tokens"
     FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL)
     EXECUTE FUNCTION keycap_note_change('access_token', 'digest')`,
];

const TABLES = [
  `CREATE TRIGGER "keycap_note_truncation" AFTER TRUNCATE ON "api_keys"
     FOR EACH STATEMENT EXECUTE FUNCTION keycap_note_change('everything')`,
  `CREATE TRIGGER "keycap_note_truncation" AFTER TRUNCATE ON "oauth_clients"
     FOR EACH STATEMENT EXECUTE FUNCTION keycap_note_change('everything')`,
  `CREATE TRIGGER "keycap_note_truncation" AFTER TRUNCATE ON "oauth_client_secrets"
     FOR EACH STATEMENT EXECUTE FUNCTION keycap_note_change('everything')`,
  `CREATE TRIGGER "keycap_note_truncation" AFTER TRUNCATE ON "access_tokens"
     FOR EACH STATEMENT EXECUTE FUNCTION keycap_note_change('everything')`,
  `CREATE TRIGGER "keycap_note_truncation" AFTER TRUNCATE ON "organizations"
     FOR EACH STATEMENT EXECUTE FUNCTION keycap_note_change('everything')`,
  `CREATE TRIGGER "keycap_note_truncation" AFTER TRUNCATE ON "memberships"
     FOR EACH STATEMENT EXECUTE FUNCTION keycap_note_change('everything')`,
  `CREATE TRIGGER "keycap_note_truncation" AFTER TRUNCATE ON "users"
     FOR EACH STATEMENT EXECUTE FUNCTION keycap_note_change('everything')`,
  `CREATE TRIGGER "keycap_note_truncation" AFTER TRUNCATE ON "projects"
     FOR EACH STATEMENT EXECUTE FUNCTION keycap_note_change('everything')`,
];

/**
 * The log by which every node learns what it must not answer from memory any more. Triggers write it,
 * so that no statement can forget it, an operator's in psql included.
 */
export class CreateChanges1795344040000 implements MigrationInterface {
  readonly name = 'CreateChanges1795344040000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "changes" (
          "transaction_id" bigint NOT NULL,
          "subject" text NOT NULL,
          "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "changes_pkey" PRIMARY KEY ("transaction_id", "subject", "changed_at")
      )
    `);
    // The subject is the trigger's first argument and the named columns, of the row before and after.
    // NOTIFY of one payload is sent once a transaction, however many rows it changes.
    await queryRunner.query(`
      CREATE FUNCTION "keycap_note_change"() RETURNS trigger
      LANGUAGE plpgsql AS $$
      DECLARE
        image jsonb;
        subject text;
      BEGIN
        FOREACH image IN ARRAY CASE TG_OP
          WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)]
          WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)]
          WHEN 'UPDATE' THEN ARRAY[to_jsonb(OLD), to_jsonb(NEW)]
          ELSE ARRAY['{}'::jsonb]
        END LOOP
          subject := TG_ARGV[0];
          FOR place IN 1 .. TG_NARGS - 1 LOOP
            subject := subject || ' ' || (image ->> TG_ARGV[place]);
          END LOOP;
          CONTINUE WHEN subject IS NULL;
          INSERT INTO changes (transaction_id, subject, changed_at)
          VALUES (pg_current_xact_id()::text::bigint, subject, now())
          ON CONFLICT DO NOTHING;
          PERFORM pg_notify('keycap_changes', '');
        END LOOP;
        RETURN NULL;
      END $$
    `);
    for (const trigger of [...ROWS, ...TABLES]) await queryRunner.query(trigger);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // With the triggers that call it.
    await queryRunner.query(`DROP FUNCTION "keycap_note_change"() CASCADE`);
    await queryRunner.query(`DROP TABLE "changes"`);
  }
}
