import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CountUsesOfKeys1795344031200 implements MigrationInterface {
  readonly name = 'CountUsesOfKeys1795344031200';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "api_key_usage" (
          "key_id" uuid NOT NULL,
          "day" date NOT NULL,
          "outcome" text NOT NULL,
          "uses" bigint NOT NULL,
          "after_rotation" bigint NOT NULL,
          CONSTRAINT "api_key_usage_pkey" PRIMARY KEY ("key_id", "day", "outcome"),
          CONSTRAINT "api_key_usage_key_id_fkey" FOREIGN KEY ("key_id")
            REFERENCES "api_keys"("id") ON DELETE CASCADE
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "api_key_usage_by_day" ON "api_key_usage" ("day")
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "api_key_usage"
    `);
  }
}
