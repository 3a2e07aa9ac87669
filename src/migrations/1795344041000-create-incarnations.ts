import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** By what a primary says of itself a replica shows that it follows it. */
export class CreateIncarnations1795344041000 implements MigrationInterface {
  readonly name = 'CreateIncarnations1795344041000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "incarnations" (
          "name" text NOT NULL,
          "seen_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "incarnations_pkey" PRIMARY KEY ("name")
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "incarnations"`);
  }
}
