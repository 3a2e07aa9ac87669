import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Events of before can't be chained here, where no key is known, and an event outside of the chain
 * would be one that anybody could have put there: no version that wrote such was released.
 */
export class ChainAuditEvents1795344021000 implements MigrationInterface {
  readonly name = 'ChainAuditEvents1795344021000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM "audit_events"`);
    await queryRunner.query(`
      ALTER TABLE "audit_events"
      DROP CONSTRAINT "FK_6510e4bf7423cd3d750e8c2ae81",
      ADD "chain" uuid NOT NULL,
      ADD "sequence" bigint NOT NULL,
      ADD "canonical" text NOT NULL,
      ADD "hash" bytea NOT NULL,
      ADD CONSTRAINT "audit_events_place" UNIQUE ("chain", "sequence")
    `);
    await queryRunner.query(`
      CREATE TABLE "audit_chain_heads" (
          "chain" uuid NOT NULL,
          "sequence" bigint NOT NULL,
          "hash" bytea NOT NULL,
          "anchor_sequence" bigint NOT NULL,
          "anchor_hash" bytea NOT NULL,
          "mac" bytea NOT NULL,
          CONSTRAINT "audit_chain_heads_pkey" PRIMARY KEY ("chain")
      )
    `);
    await queryRunner.query(`
      CREATE TABLE "audit_checkpoints" (
          "chain" uuid NOT NULL,
          "sequence" bigint NOT NULL,
          "hash" bytea NOT NULL,
          "mac" bytea NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "audit_checkpoints_pkey" PRIMARY KEY ("chain")
      )
    `);
    await queryRunner.query(`
      CREATE TABLE "audit_keys" (
          "id" integer NOT NULL,
          "sealed" bytea NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "audit_keys_pkey" PRIMARY KEY ("id")
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "audit_keys", "audit_checkpoints", "audit_chain_heads"`);
    await queryRunner.query(`
      ALTER TABLE "audit_events"
      DROP CONSTRAINT "audit_events_place",
      DROP "hash",
      DROP "canonical",
      DROP "sequence",
      DROP "chain"
    `);
    // Of organizations that are gone; their events would have gone with them.
    await queryRunner.query(`
      DELETE FROM "audit_events"
      WHERE "organization_id" NOT IN (SELECT "id" FROM "organizations")
    `);
    await queryRunner.query(`
      ALTER TABLE "audit_events"
      ADD CONSTRAINT "FK_6510e4bf7423cd3d750e8c2ae81" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
  }
}
