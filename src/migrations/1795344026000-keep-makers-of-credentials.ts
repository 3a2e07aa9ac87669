import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Who made a key or a client stays known when he is gone: a reference that becomes null would make
 * what a person made look like what a machine made.
 */
export class KeepMakersOfCredentials1795344026000 implements MigrationInterface {
  readonly name = 'KeepMakersOfCredentials1795344026000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys" DROP CONSTRAINT "FK_522917da2d9d41d41f7a4e367f0"
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients" DROP CONSTRAINT "FK_94c0523414fb2dfb9f41f52118b"
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      UPDATE "oauth_clients" SET "created_by_user_id" = NULL
       WHERE NOT EXISTS (SELECT FROM "users" WHERE "users"."id" = "created_by_user_id")
    `);
    await queryRunner.query(`
      UPDATE "api_keys" SET "created_by_user_id" = NULL
       WHERE NOT EXISTS (SELECT FROM "users" WHERE "users"."id" = "created_by_user_id")
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients"
      ADD CONSTRAINT "FK_94c0523414fb2dfb9f41f52118b" FOREIGN KEY ("created_by_user_id") REFERENCES "users"("id") ON DELETE
      SET NULL ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys"
      ADD CONSTRAINT "FK_522917da2d9d41d41f7a4e367f0" FOREIGN KEY ("created_by_user_id") REFERENCES "users"("id") ON DELETE
      SET NULL ON UPDATE NO ACTION
    `);
  }
}
