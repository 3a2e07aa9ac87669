import { type EntityManager, type FindOptionsWhere } from 'typeorm';
import { type Actor } from '../access/principal.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyNotFound } from './api-keys.errors.js';

/** Admins and machines see the organization's keys, members their own, a project's credential its. */
export function visibleTo({
  organizationId,
  projectId,
  role,
  userId,
}: Actor): FindOptionsWhere<ApiKey> {
  return {
    organizationId,
    ...(projectId === null ? {} : { projectId }),
    ...(role === 'member' && userId !== null ? { createdByUserId: userId } : {}),
  };
}

/**
 * A key that the actor sees, locked until the transaction ends, so that nobody else changes or
 * rotates it meanwhile.
 *
 * @throws ApiKeyNotFound
 */
export async function lockKey(manager: EntityManager, actor: Actor, id: string): Promise<ApiKey> {
  const key = await manager.findOne(ApiKey, {
    where: { ...visibleTo(actor), id },
    lock: { mode: 'for_no_key_update' },
  });
  if (!key) throw new ApiKeyNotFound();
  return key;
}
