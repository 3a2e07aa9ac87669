import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateApiKeyWindows1795344031000 implements MigrationInterface {
  readonly name = 'CreateApiKeyWindows1795344031000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "api_key_windows" (
          "key_id" uuid NOT NULL,
          "started_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "taken" integer NOT NULL,
          "granted" integer NOT NULL,
          CONSTRAINT "api_key_windows_pkey" PRIMARY KEY ("key_id"),
          CONSTRAINT "api_key_windows_key_id_fkey" FOREIGN KEY ("key_id")
            REFERENCES "api_keys"("id") ON DELETE CASCADE
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "api_key_windows"
    `);
  }
}
