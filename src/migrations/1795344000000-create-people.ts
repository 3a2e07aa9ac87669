import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreatePeople1795344000000 implements MigrationInterface {
  readonly name = 'CreatePeople1795344000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "installation" (
          "id" uuid NOT NULL,
          "set_up_at" TIMESTAMP WITH TIME ZONE,
          "secret_check" bytea,
          CONSTRAINT "PK_f0cd0b17a45357b5e1da1da1680" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE TABLE "sessions" (
          "id" uuid NOT NULL,
          "user_id" uuid NOT NULL,
          "digest" bytea NOT NULL,
          "ip" text,
          "user_agent" text,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "last_seen_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "ended_at" TIMESTAMP WITH TIME ZONE,
          CONSTRAINT "UQ_163e1f5347a3c7253258e47b793" UNIQUE ("digest"),
          CONSTRAINT "PK_3238ef96f18b355b671619111bc" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_085d540d9f418cfbdc7bd55bb1" ON "sessions" ("user_id")
    `);
    await queryRunner.query(`
      CREATE TABLE "users" (
          "id" uuid NOT NULL,
          "email" text NOT NULL,
          "name" text NOT NULL,
          "password_hash" text,
          "email_verified_at" TIMESTAMP WITH TIME ZONE,
          "disabled_at" TIMESTAMP WITH TIME ZONE,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "users_email" UNIQUE ("email"),
          CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      ALTER TABLE "sessions"
      ADD CONSTRAINT "FK_085d540d9f418cfbdc7bd55bb19" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      INSERT INTO "installation" ("id") VALUES (gen_random_uuid())
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "sessions" DROP CONSTRAINT "FK_085d540d9f418cfbdc7bd55bb19"
    `);
    await queryRunner.query(`
      DROP TABLE "users"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_085d540d9f418cfbdc7bd55bb1"
    `);
    await queryRunner.query(`
      DROP TABLE "sessions"
    `);
    await queryRunner.query(`
      DROP TABLE "installation"
    `);
  }
}
