import { type EntityManager, IsNull } from 'typeorm';
import { type Actor } from '../../access/principal.js';
import { OAuthClient } from './oauth-client.entity.js';
import { OAuthClientNotFound } from './oauth-clients.errors.js';

/**
 * A client of the actor's organization, locked until the transaction ends, so that nobody else
 * changes it or its secrets meanwhile.
 *
 * @throws OAuthClientNotFound
 */
export async function lockClient(
  manager: EntityManager,
  { organizationId }: Actor,
  clientId: string,
): Promise<OAuthClient> {
  const client = await manager.findOne(OAuthClient, {
    where: { clientId, organizationId, deletedAt: IsNull() },
    lock: { mode: 'for_no_key_update' },
  });
  if (!client) throw new OAuthClientNotFound();
  return client;
}
