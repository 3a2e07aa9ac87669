import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateSigningKeys1795344010000 implements MigrationInterface {
  readonly name = 'CreateSigningKeys1795344010000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "oauth_signing_keys" (
          "kid" text NOT NULL,
          "alg" text NOT NULL,
          "sealed_private_key" bytea NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "activates_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "PK_c8e0e251f213a0f7b7bd2563201" PRIMARY KEY ("kid")
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "oauth_signing_keys"
    `);
  }
}
