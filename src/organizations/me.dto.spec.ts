import { heapUsed } from '../../test/support/heap.js';
import { type MachinePrincipal } from '../access/principal.js';
import { MeAnswer } from './me.dto.js';
import { Organization } from './organization.entity.js';

const ID = '019a5d1e-8f00-7000-8000-000000000001';
const PROJECT_ID = '019a5d1e-8f00-7000-8000-000000000002';
const SCOPES = new Set(['backups:read']);

function organizationOf(name: string): Organization {
  const at = new Date();
  const settings = { id: ID, name, slug: 'acme', metadata: {}, policy: {}, deletedAt: null };
  const state = { suspendedAt: null, suspendedReason: null, createdAt: at, updatedAt: at };
  return Object.assign(new Organization(), settings, state);
}

function machine(different: Partial<MachinePrincipal> = {}): MachinePrincipal {
  const bounds = { expiresAt: null, ipAllowlist: null };
  const own = { kind: 'api_key', id: ID, organizationId: ID, projectId: null } as const;
  const rights = { scopes: SCOPES, authenticatedAsClient: false, descent: null };
  return { ...own, ...rights, bounds, ...different };
}

describe('what a machine is told of itself', () => {
  const acme = organizationOf('Acme');

  it('is what it is without memory, whatever was told before', () => {
    const renamed = organizationOf('Acme & Sons');
    const machines = [
      machine(),
      machine({ kind: 'oauth_client' }),
      machine({ projectId: PROJECT_ID }),
      machine({ scopes: new Set(['backups:read', 'backups:write']) }),
    ];
    // So often that something is kept of each.
    for (let round = 0; round < 20; round++) {
      for (const organization of [acme, renamed, acme]) {
        for (const each of machines) {
          const { text } = MeAnswer.jsonOfMachine(each, organization);
          expect(text).toBe(JSON.stringify(MeAnswer.ofMachine(each, organization)));
        }
      }
    }
  });

  it('is soon written no more for who asks often', () => {
    let written = 0;
    class CountedScopes extends Set<string> {
      override [Symbol.iterator](): SetIterator<string> {
        written += 1;
        return super[Symbol.iterator]();
      }
    }
    const asking = machine({ scopes: new CountedScopes(['backups:read']) });
    for (let time = 0; time < 100; time++) MeAnswer.jsonOfMachine(asking, acme);
    expect(written).toBeLessThanOrEqual(17);
  });

  it('takes so much memory and no more, however much an organization says of itself', () => {
    const large = organizationOf('Large');
    large.metadata = { note: '€'.repeat(16_000) };
    const machines = Array.from({ length: 1000 }, (_, index) =>
      machine({ scopes: new Set([`scope-${index}`]) }),
    );
    const before = heapUsed();
    for (let round = 0; round < 17; round++) {
      for (const each of machines) MeAnswer.jsonOfMachine(each, large);
    }
    // All answers together are 32 MB.
    expect(heapUsed() - before).toBeLessThan(12_000_000);
  });
});
