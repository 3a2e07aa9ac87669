import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { encodeId, encodeOptionalId, newId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { ApiKey } from '../api-key.entity.js';
import { type PermittedImport } from './import-draft.js';
import { ImportedHash } from './imported-hash.entity.js';

/** A key with what recognises it. */
interface Imported {
  readonly key: ApiKey;
  readonly hash: ImportedHash;
}

/** Writes imported keys, their hashes and their events. */
@Injectable()
export class ImportStore {
  constructor(private readonly audit: AuditService) {}

  /** @returns for each row, in order, the key; null where its hash was imported meanwhile */
  async insert(
    manager: EntityManager,
    actor: Actor,
    { rows, now }: { rows: readonly PermittedImport[]; now: Date },
  ): Promise<(ApiKey | null)[]> {
    if (rows.length === 0) return [];
    const all = rows.map((row) => importedOf(actor, row, now));
    await manager.insert(
      ApiKey,
      all.map(({ key }) => key),
    );
    const stored = await insertHashes(manager, all);
    const lost = all.filter(({ key }) => !stored.has(key.id));
    if (lost.length > 0) await manager.delete(ApiKey, { id: In(lost.map(({ key }) => key.id)) });
    const kept = all.filter(({ key }) => stored.has(key.id));
    for (const each of kept) await this.record(manager, actor, each);
    return all.map(({ key }) => (stored.has(key.id) ? key : null));
  }

  private record(manager: EntityManager, actor: Actor, { key, hash }: Imported): Promise<void> {
    return this.audit.record(manager, actor, {
      action: 'api_key.imported',
      organizationId: key.organizationId,
      projectId: key.projectId,
      targetId: encodeId('apiKey', key.id),
      metadata: {
        name: key.name,
        key_prefix: key.keyPrefix,
        scopes: key.scopes,
        project_id: encodeOptionalId('project', key.projectId),
        expires_at: key.expiresAt?.toISOString() ?? null,
        algorithm: hash.algorithm,
      },
    });
  }
}

/** Other organizations may import the same at the same time: the unique index decides. */
async function insertHashes(
  manager: EntityManager,
  all: readonly Imported[],
): Promise<ReadonlySet<string>> {
  // In one order everywhere, or two imports of the same hashes could wait for each other.
  const hashes = all
    .map(({ hash }) => hash)
    .toSorted((one, other) => Buffer.compare(one.fingerprint, other.fingerprint));
  const result = await manager
    .createQueryBuilder()
    .insert()
    .into(ImportedHash)
    .values(hashes)
    .orIgnore()
    .returning('key_id')
    .execute();
  return new Set((result.raw as { key_id: string }[]).map(({ key_id: id }) => id));
}

function importedOf(
  { organizationId, userId }: Actor,
  { draft, keyPrefix, hash, fingerprints }: PermittedImport,
  now: Date,
): Imported {
  const id = newId();
  const [fingerprint = Buffer.alloc(0)] = fingerprints;
  const key = Object.assign(new ApiKey(), {
    ...draft,
    ...{ id, organizationId, keyPrefix, createdByUserId: userId, createdAt: now },
    scopes: [...draft.scopes],
    ipAllowlist: draft.ipAllowlist && [...draft.ipAllowlist],
    source: 'import',
    digest: null,
    disabledAt: null,
    pausedWithMaker: false,
    revokedAt: null,
    lastUsedAt: null,
    rotatedFromId: null,
    replacedById: null,
  } as const);
  const slowHash = hash.isSlow ? hash.text : null;
  const { algorithm } = hash;
  return {
    key,
    hash: { keyId: id, organizationId, keyPrefix, algorithm, fingerprint, slowHash },
  };
}
