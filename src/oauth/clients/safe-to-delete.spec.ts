import { type ClientSecret } from './client-secret.entity.js';
import { isSafeToDelete } from './safe-to-delete.js';

const NOW = new Date('2031-02-03T12:00:00Z');
const at = (hour: number): Date => new Date(NOW.getTime() + (hour - 12) * 3_600_000);

function secret(id: string, lastUse: number | null, end: number | null = null): ClientSecret {
  return {
    id,
    clientId: 'client',
    digest: Buffer.alloc(32),
    label: null,
    hint: 'hint',
    // In the order of their names.
    createdAt: at(id.charCodeAt(0) - 'a'.charCodeAt(0)),
    expiresAt: end === null ? null : at(end),
    revokedAt: null,
    lastUsedAt: lastUse === null ? null : at(lastUse),
    tokenGeneration: 1,
    lastUsedIp: null,
  };
}

describe('a secret', () => {
  it.each([
    ['alone', secret('a', null), []],
    ['alone and in use', secret('a', 11), []],
    ['used later than the others', secret('a', 11), [secret('b', 10), secret('c', null)]],
    ['as unused as the others', secret('a', null), [secret('b', null)]],
    ['with none but a dead successor', secret('a', 9), [secret('b', 10, 12)]],
    ['that will expire', secret('a', 11, 13), [secret('b', 10)]],
    ['new and not yet used', secret('b', null), [secret('a', 10)]],
    ['newer than the one in use', secret('b', 9), [secret('a', 10)]],
  ])('%s is needed', (_, its, others) => {
    expect(isSafeToDelete(its, [its, ...others], NOW)).toBe(false);
  });

  it.each([
    ['expired', secret('a', 11, 12), []],
    ['never used, where another is', secret('a', null), [secret('b', 10)]],
    ['not used since another was', secret('a', 9), [secret('b', null), secret('c', 10, 13)]],
  ])('%s is safe to delete', (_, its, others) => {
    expect(isSafeToDelete(its, [its, ...others], NOW)).toBe(true);
  });
});
