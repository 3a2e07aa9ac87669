import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CountIssuedTokens1795344014000 implements MigrationInterface {
  readonly name = 'CountIssuedTokens1795344014000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "oauth_client_usage" (
          "client_id" text NOT NULL,
          "day" date NOT NULL,
          "tokens_issued" integer NOT NULL,
          CONSTRAINT "oauth_client_usage_pkey" PRIMARY KEY ("client_id", "day"),
          CONSTRAINT "oauth_client_usage_client_id_fkey" FOREIGN KEY ("client_id")
            REFERENCES "oauth_clients"("client_id") ON DELETE CASCADE
      )
    `);
    await queryRunner.query(`
      CREATE TABLE "oauth_token_quotas" (
          "client_id" text NOT NULL,
          "hour" integer NOT NULL,
          "issued" integer NOT NULL,
          CONSTRAINT "oauth_token_quotas_pkey" PRIMARY KEY ("client_id"),
          CONSTRAINT "oauth_token_quotas_client_id_fkey" FOREIGN KEY ("client_id")
            REFERENCES "oauth_clients"("client_id") ON DELETE CASCADE
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "oauth_token_quotas"
    `);
    await queryRunner.query(`
      DROP TABLE "oauth_client_usage"
    `);
  }
}
