import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateDeviceLogins1795344032001 implements MigrationInterface {
  readonly name = 'CreateDeviceLogins1795344032001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "device_logins" (
          "id" uuid NOT NULL,
          "poll_digest" bytea NOT NULL,
          "user_code" text NOT NULL,
          "name" text NOT NULL,
          "device_name" text,
          "source" text NOT NULL,
          "scopes" text array NOT NULL,
          "key_expires_at" TIMESTAMP WITH TIME ZONE,
          "ip" text NOT NULL,
          "user_agent" text,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "approved_at" TIMESTAMP WITH TIME ZONE,
          "denied_at" TIMESTAMP WITH TIME ZONE,
          "delivered_at" TIMESTAMP WITH TIME ZONE,
          "decided_by_user_id" uuid,
          "decided_in_session_id" uuid,
          "organization_id" uuid,
          "project_id" uuid,
          "granted_scopes" text array,
          CONSTRAINT "device_logins_poll_digest" UNIQUE ("poll_digest"),
          CONSTRAINT "device_logins_pkey" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE UNIQUE INDEX "device_logins_user_code" ON "device_logins" ("user_code")
       WHERE "approved_at" IS NULL AND "denied_at" IS NULL
    `);
    await queryRunner.query(`
      CREATE INDEX "device_logins_created_at" ON "device_logins" ("created_at")
    `);
    await queryRunner.query(`
      ALTER TABLE "device_logins"
      ADD CONSTRAINT "device_logins_organization_id" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "device_logins"
      ADD CONSTRAINT "device_logins_project_id" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "device_logins"`);
  }
}
