import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateImportedPrefixes1795344033002 implements MigrationInterface {
  readonly name = 'CreateImportedPrefixes1795344033002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "imported_prefixes" (
        "id" bigint GENERATED ALWAYS AS IDENTITY,
        "organization_id" uuid NOT NULL,
        "prefix" text NOT NULL,
        CONSTRAINT "imported_prefixes_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "imported_prefixes_of_organization" UNIQUE ("organization_id", "prefix"),
        CONSTRAINT "imported_prefixes_organization_id_fkey" FOREIGN KEY ("organization_id")
          REFERENCES "organizations" ("id") ON DELETE CASCADE
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "imported_prefixes"
    `);
  }
}
