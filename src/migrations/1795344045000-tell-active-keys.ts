import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Which API keys are active, for all who ask in SQL: what else may end a key some day is added here
 * and in `ApiKey.isActive`. It is one expression, which PostgreSQL puts in the place of each call, so
 * that indexes and statistics count as if the conditions stood there.
 */
export class TellActiveKeys1795344045000 implements MigrationInterface {
  readonly name = 'TellActiveKeys1795344045000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION "keycap_key_is_active"("key" "api_keys", "at" TIMESTAMP WITH TIME ZONE)
      RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT "key"."revoked_at" IS NULL AND "key"."disabled_at" IS NULL
           AND ("key"."expires_at" IS NULL OR "key"."expires_at" > "at")
           AND ("key"."must_be_used_by" IS NULL OR "key"."must_be_used_by" > "at")
      $$
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION "keycap_key_is_active"("api_keys", TIMESTAMP WITH TIME ZONE)
    `);
  }
}
