import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateImportedHashes1795344033001 implements MigrationInterface {
  readonly name = 'CreateImportedHashes1795344033001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "imported_hashes" (
        "key_id" uuid NOT NULL,
        "organization_id" uuid NOT NULL,
        "key_prefix" text NOT NULL,
        "algorithm" text NOT NULL,
        "fingerprint" bytea NOT NULL,
        "slow_hash" text,
        CONSTRAINT "imported_hashes_pkey" PRIMARY KEY ("key_id"),
        CONSTRAINT "imported_hashes_fingerprint" UNIQUE ("fingerprint"),
        CONSTRAINT "imported_hashes_key_id_fkey" FOREIGN KEY ("key_id")
          REFERENCES "api_keys" ("id") ON DELETE CASCADE,
        CONSTRAINT "imported_hashes_organization_id_fkey" FOREIGN KEY ("organization_id")
          REFERENCES "organizations" ("id") ON DELETE CASCADE
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "imported_hashes_by_prefix" ON "imported_hashes" ("key_prefix")
      WHERE slow_hash IS NOT NULL
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "imported_hashes"
    `);
  }
}
