import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class WidenOAuthClients1795344012000 implements MigrationInterface {
  readonly name = 'WidenOAuthClients1795344012000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "oauth_clients"
        ADD "token_format" text NOT NULL DEFAULT 'opaque',
        ADD "token_endpoint_auth_method" text NOT NULL DEFAULT 'client_secret_basic',
        ADD "jwks" jsonb,
        ADD "jwks_uri" text,
        ADD "ip_allowlist" text array,
        ADD "resources" text array NOT NULL DEFAULT '{}',
        ADD "max_tokens_per_hour" integer,
        ADD "reuse_tokens" boolean NOT NULL DEFAULT false,
        ADD "token_generation" integer NOT NULL DEFAULT 1
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_client_secrets" ADD "token_generation" integer NOT NULL DEFAULT 1
    `);
    await queryRunner.query(`
      ALTER TABLE "organizations" ADD "token_generation" integer NOT NULL DEFAULT 1
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "organizations" DROP COLUMN "token_generation"
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_client_secrets" DROP COLUMN "token_generation"
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients"
        DROP COLUMN "token_format",
        DROP COLUMN "token_endpoint_auth_method",
        DROP COLUMN "jwks",
        DROP COLUMN "jwks_uri",
        DROP COLUMN "ip_allowlist",
        DROP COLUMN "resources",
        DROP COLUMN "max_tokens_per_hour",
        DROP COLUMN "reuse_tokens",
        DROP COLUMN "token_generation"
    `);
  }
}
