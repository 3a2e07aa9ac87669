import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateAuditEvents1795344004000 implements MigrationInterface {
  readonly name = 'CreateAuditEvents1795344004000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "audit_events" (
          "id" uuid NOT NULL,
          "organization_id" uuid,
          "action" text NOT NULL,
          "actor_kind" text NOT NULL,
          "actor_id" text,
          "project_id" uuid,
          "target_id" text,
          "ip" text,
          "request_id" text,
          "metadata" jsonb NOT NULL DEFAULT '{}',
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "PK_910f64d901a5c3e9878f0d4a407" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_46550de018654a2560d1e5fe59" ON "audit_events" ("organization_id", "id")
    `);
    await queryRunner.query(`
      ALTER TABLE "audit_events"
      ADD CONSTRAINT "FK_6510e4bf7423cd3d750e8c2ae81" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "audit_events" DROP CONSTRAINT "FK_6510e4bf7423cd3d750e8c2ae81"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_46550de018654a2560d1e5fe59"
    `);
    await queryRunner.query(`
      DROP TABLE "audit_events"
    `);
  }
}
