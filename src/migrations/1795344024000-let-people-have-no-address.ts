import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class LetPeopleHaveNoAddress1795344024000 implements MigrationInterface {
  readonly name = 'LetPeopleHaveNoAddress1795344024000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "users" ALTER COLUMN "email" DROP NOT NULL`);
  }

  /** Who has none gets one that nobody can own (RFC 2606 §2). */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `UPDATE "users" SET "email" = "id" || '@users.invalid' WHERE "email" IS NULL`,
    );
    await queryRunner.query(`ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL`);
  }
}
