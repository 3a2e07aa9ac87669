import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateReusableTokens1795344015000 implements MigrationInterface {
  readonly name = 'CreateReusableTokens1795344015000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "oauth_reusable_tokens" (
          "client_id" text NOT NULL,
          "request" text NOT NULL,
          "seed" bytea NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "oauth_reusable_tokens_pkey" PRIMARY KEY ("client_id", "request"),
          CONSTRAINT "oauth_reusable_tokens_client_id_fkey" FOREIGN KEY ("client_id")
            REFERENCES "oauth_clients"("client_id") ON DELETE CASCADE
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "oauth_reusable_tokens_by_expiry" ON "oauth_reusable_tokens" ("expires_at")
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "oauth_reusable_tokens"
    `);
  }
}
