import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { CoalescedWork } from '../../database/coalesced-work.js';
import { Transactions } from '../../database/transactions.js';
import { Metrics } from '../../metrics/metrics.js';
import { type ClientState } from '../authentication/client-state.js';
import { AccessToken } from './access-token.entity.js';
import { type KnownToken } from './known-token.js';
import { TokenPartitions } from './token-partitions.js';

/** A token that nobody has revoked yet. */
export type NewToken = Omit<AccessToken, 'revokedAt'>;

/** By what a token is found, and what it says of itself where it was not stored. */
export interface AskedToken {
  /** Hours since the epoch. */
  readonly period: number;
  readonly digest: Buffer;
  /** Null where the stored row says it. */
  readonly clientId: string | null;
  readonly secretId: string | null;
}

/** What the database knows of a token and of what it descends from. */
export interface TokenRecord extends ClientState {
  /** Place in the list that was asked for, from 0. */
  readonly place: number;
  /** Null where the token is not stored. */
  readonly stored: {
    readonly digest: Buffer;
    readonly secretId: string | null;
    readonly scopes: readonly string[];
    readonly audience: string | null;
    readonly organizationGeneration: number;
    readonly clientGeneration: number;
    readonly secretGeneration: number;
    readonly createdAt: Date;
    readonly expiresAt: Date;
    readonly revokedAt: Date | null;
  } | null;
  readonly client_id: string;
  readonly organization_id: string;
  readonly project_id: string | null;
  readonly client_scopes: readonly string[];
  readonly client_resources: readonly string[];
  readonly ip_allowlist: readonly string[] | null;
  readonly client_generation: number;
  readonly organization_generation: number;
  /** 0 without a secret. */
  readonly secret_generation: number;
  /** Null without a secret, and for one that does not end. */
  readonly secret_expires_at: Date | null;
  /** What was made of it while it was good; null until somebody asks. */
  good: KnownToken | null;
}

type Row = Omit<TokenRecord, 'stored' | 'place' | 'good'> & {
  readonly place: string;
  readonly digest: Buffer | null;
  readonly secret_id: string | null;
  readonly scopes: string[];
  readonly audience: string | null;
  readonly stored_organization_generation: number;
  readonly stored_client_generation: number;
  readonly stored_secret_generation: number;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
};

/**
 * Periods and digests are compared with the given ones alone, not joined: so only the partitions
 * that are named are opened, and each of them is asked by its one index.
 */
const FIND = `
  WITH asked AS (
    SELECT * FROM unnest($1::integer[], $2::bytea[], $3::text[], $4::uuid[])
             WITH ORDINALITY AS asked (period, digest, client_id, secret_id, place)
  ), stored AS MATERIALIZED (
    SELECT * FROM access_tokens WHERE period = ANY ($1::integer[]) AND digest = ANY ($2::bytea[])
  )
  SELECT asked.place - 1 AS place, t.digest, t.secret_id, t.scopes, t.audience, t.created_at,
         t.expires_at, t.revoked_at,
         t.organization_generation AS stored_organization_generation,
         t.client_generation AS stored_client_generation,
         t.secret_generation AS stored_secret_generation,
         c.client_id, c.organization_id, c.project_id, c.scopes AS client_scopes,
         c.resources AS client_resources, c.ip_allowlist, c.is_active, c.deleted_at,
         c.token_generation AS client_generation,
         o.suspended_at AS organization_suspended_at, o.deleted_at AS organization_deleted_at,
         o.token_generation AS organization_generation,
         coalesce(s.token_generation, 0) AS secret_generation, s.expires_at AS secret_expires_at
    FROM asked
    LEFT JOIN stored t USING (period, digest)
    JOIN oauth_clients c ON c.client_id = coalesce(asked.client_id, t.client_id)
    JOIN organizations o ON o.id = c.organization_id
    LEFT JOIN oauth_client_secrets s ON s.id = coalesce(asked.secret_id, t.secret_id)
   WHERE $5::uuid IS NULL OR c.organization_id = $5`;

/** Scopes hold no spaces (RFC 6749 §3.3), and a list of lists is none to PostgreSQL. */
const INSERT = `
  INSERT INTO access_tokens (period, digest, client_id, secret_id, scopes, audience,
         organization_generation, client_generation, secret_generation, created_at, expires_at)
  SELECT period, digest, client_id, secret_id, string_to_array(scopes, ' '), audience,
         organization_generation, client_generation, secret_generation, created_at, expires_at
    FROM unnest($1::integer[], $2::bytea[], $3::text[], $4::uuid[], $5::text[], $6::text[],
                $7::integer[], $8::integer[], $9::integer[], $10::timestamptz[], $11::timestamptz[])
      AS token (period, digest, client_id, secret_id, scopes, audience,
                organization_generation, client_generation, secret_generation, created_at, expires_at)`;

/** Rows of one statement: far from what its time limit is for. */
const MOST_AT_ONCE = 500;
/** One: what comes while it waits for the disk makes the next one worth it. */
const INSERTS_AT_ONCE = 1;

/** The stored side of access tokens. */
@Injectable()
export class TokenRecords {
  private readonly inserts: CoalescedWork<NewToken, undefined>;

  constructor(
    private readonly partitions: TokenPartitions,
    private readonly transactions: Transactions,
    metrics: Metrics,
  ) {
    this.inserts = new CoalescedWork({
      batchSize: MOST_AT_ONCE,
      lanes: INSERTS_AT_ONCE,
      work: (tokens) => this.insertAll(tokens),
      onBatch: (size) => {
        metrics.observeBatch('access_tokens', size);
      },
    });
  }

  /**
   * What is known of each; those of which nothing is known are left out.
   *
   * @param organizationId only its tokens (UUID); null for those of all
   */
  async find(
    manager: EntityManager,
    asked: readonly AskedToken[],
    organizationId: string | null = null,
  ): Promise<TokenRecord[]> {
    if (asked.length === 0) return [];
    const rows = await manager.query<Row[]>(FIND, [
      asked.map(({ period }) => period),
      asked.map(({ digest }) => digest),
      asked.map(({ clientId }) => clientId),
      asked.map(({ secretId }) => secretId),
      organizationId,
    ]);
    return rows.map(recordOf);
  }

  async insert(manager: EntityManager, token: NewToken): Promise<void> {
    await manager.insert(AccessToken, { ...token, revokedAt: null });
  }

  /**
   * Stores a token outside of any transaction, in one statement with those that others are issued
   * meanwhile; resolves when it is committed.
   */
  async insertCoalesced(token: NewToken): Promise<void> {
    await this.inserts.do(token);
  }

  /** Ends a stored token. */
  async revoke(
    manager: EntityManager,
    { period, digests }: { readonly period: number; readonly digests: readonly Buffer[] },
    now: Date,
  ): Promise<void> {
    const which = { period, digest: In([...digests]), revokedAt: IsNull() };
    await manager.update(AccessToken, which, { revokedAt: now });
  }

  private async insertAll(tokens: readonly NewToken[]): Promise<readonly undefined[]> {
    const column = <K extends keyof NewToken>(name: K): NewToken[K][] =>
      tokens.map((token) => token[name]);
    const parameters = [
      column('period'),
      column('digest'),
      column('clientId'),
      column('secretId'),
      tokens.map(({ scopes }) => scopes.join(' ')),
      column('audience'),
      column('organizationGeneration'),
      column('clientGeneration'),
      column('secretGeneration'),
      // The driver writes a date field by field, in local time.
      tokens.map(({ createdAt }) => createdAt.toISOString()),
      tokens.map(({ expiresAt }) => expiresAt.toISOString()),
    ];
    await this.partitions.withPartitionsFor(column('expiresAt'), () =>
      this.transactions.outside.query(INSERT, parameters),
    );
    return tokens.map(() => undefined);
  }

  /** Ends one that is not stored: the row says that it is revoked, and goes with its partition. */
  async deny(manager: EntityManager, token: AccessToken): Promise<void> {
    await this.partitions.withPartitionsFor([token.expiresAt], () =>
      manager.createQueryBuilder().insert().into(AccessToken).values(token).orIgnore().execute(),
    );
  }
}

function recordOf(row: Row): TokenRecord {
  return {
    place: Number(row.place),
    stored: storedOf(row),
    client_id: row.client_id,
    organization_id: row.organization_id,
    project_id: row.project_id,
    client_scopes: row.client_scopes,
    client_resources: row.client_resources,
    ip_allowlist: row.ip_allowlist,
    is_active: row.is_active,
    deleted_at: row.deleted_at,
    client_generation: row.client_generation,
    organization_suspended_at: row.organization_suspended_at,
    organization_deleted_at: row.organization_deleted_at,
    organization_generation: row.organization_generation,
    secret_generation: row.secret_generation,
    secret_expires_at: row.secret_expires_at,
    good: null,
  };
}

function storedOf(row: Row): TokenRecord['stored'] {
  if (row.digest === null) return null;
  return {
    digest: row.digest,
    secretId: row.secret_id,
    scopes: row.scopes,
    audience: row.audience,
    organizationGeneration: row.stored_organization_generation,
    clientGeneration: row.stored_client_generation,
    secretGeneration: row.stored_secret_generation,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
