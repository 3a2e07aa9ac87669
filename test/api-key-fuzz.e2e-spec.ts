import fc from 'fast-check';
import type { Objects } from './isolation/objects.js';
import type { Tenant } from './isolation/tenant.js';
import { Maker, tenantOf } from './isolation/tenant.js';
import { byExtent, tellSeed } from './support/extent.js';
import { bodiesLike } from './support/hostile-json.js';
import { foreignKey } from './support/imports.js';
import type { Method } from './support/keycap.js';
import { call, newOrganization } from './support/keycap.js';
import { checkInLanes } from './support/oauth-fuzz/lanes.js';
import { Description } from './support/openapi.js';
import { codeOf, issueKey } from './support/verification.js';

/** 5,000 bodies and 2,000 keys, a fifth of them in a quick run, ten times as many in the soak. */
const TIMES = byExtent({ quick: 0.2, thorough: 1, soak: 10 });

interface ImportBody {
  readonly keys: readonly unknown[];
}
interface ImportAnswer {
  readonly results: readonly { readonly status: string }[];
}

let description: Description;
let tenant: Tenant;

beforeAll(async () => {
  tellSeed();
  description = await Description.of();
  const { id, owner } = await newOrganization();
  tenant = await tenantOf({ organizationId: id, session: owner.session });
});

/** Good bodies with all that there may be, to be spoiled one by one. */
const GOOD: Readonly<Record<string, (objects: Objects) => object>> = {
  createApiKey: ({ project }) => ({
    name: 'Good',
    scopes: ['projects:read', 'backups:read'],
    project_id: project,
    expires_at: '2031-02-03T04:05:06Z',
    device_name: 'laptop',
    environment: 'test',
    ip_allowlist: ['203.0.113.0/24', '2001:db8::/32'],
    rate_limit: { limit: 100, window_seconds: 60 },
    metadata: { team: 'data' },
  }),
  changeApiKey: () => ({
    name: 'Changed',
    scopes: ['projects:read'],
    expires_at: '2031-02-03T04:05:06Z',
    ip_allowlist: ['203.0.113.0/24'],
    rate_limit: { limit: 100, window_seconds: 60 },
    metadata: { team: 'data' },
    is_active: true,
  }),
  rotateApiKey: () => ({ overlap_seconds: 60 }),
  importApiKeys: () => ({ keys: [foreignKey().row, foreignKey().row], dry_run: true }),
  verifyApiKey: ({ plaintextKey, project }) => ({
    api_key: plaintextKey,
    scope: 'backups:read projects:read',
    project_id: project,
    ip: '203.0.113.7',
    cost: 1,
  }),
  verifyApiKeys: ({ plaintextKey, project }) => ({
    api_keys: [plaintextKey, 'rubbish'],
    scope: 'backups:read',
    project_id: project,
    ip: '203.0.113.7',
    cost: 1,
  }),
  explainApiKey: ({ plaintextKey, project }) => ({
    api_key: plaintextKey,
    scope: 'backups:read',
    project_id: project,
    ip: '203.0.113.7',
    cost: 1,
  }),
  reportLeakedKeys: ({ plaintextKey }) => ({
    // Of one letter less: what is reported is dead.
    api_keys: [plaintextKey.slice(1), 'rubbish'],
    source_url: 'https://paste.example/1',
  }),
};

it('has a body for every operation on keys that takes one', () => {
  const taking = description.operations.filter(
    ({ path, requestBody }) => path.includes('api-keys') && requestBody !== undefined,
  );
  expect(taking.map(({ operationId }) => operationId).toSorted()).toEqual(
    Object.keys(GOOD).toSorted(),
  );
});

it.each(Object.keys(GOOD))(
  '%s never fails, and takes nothing that its description does not',
  async (id) => {
    const { method, path, ...operation } = description.operation(id);
    const { request } = description.bodiesOf({ ...operation, method, path });
    const isPublic = operation.security.some((one) => Object.keys(one).length === 0);
    const isPersonal = operation.security.some((one) => 'session' in one);
    const as = isPersonal ? tenant.owner.session : tenant.key;
    const { id: keyID } = await Maker.in(tenant).key({ scopes: ['projects:read'] });
    const address = path.replace('{orgID}', tenant.id).replace('{keyID}', keyID);
    const good = GOOD[id]!(tenant.objects);
    await checkInLanes(bodiesLike(good), 625 * TIMES, async (body) => {
      const send = () =>
        call<ImportAnswer>(method.toUpperCase() as Method, address, {
          ...(!isPublic && { as }),
          body,
        });
      const first = await send();
      // Sixteen at a time change one key; who waits too long for his turn is told to try again.
      const { status, text, body: answer } = first.status === 503 ? await send() : first;
      expect(status < 500 ? '' : text).toBe('');
      if (status >= 300) return;
      const taken = id === 'importApiKeys' ? withoutRefused(body as ImportBody, answer) : body;
      expect([taken, description.complaints(request, taken)]).toEqual([taken, []]);
    });
  },
);

/** Of rows each is taken or refused by itself. */
function withoutRefused(body: ImportBody, { results }: ImportAnswer): object {
  const taken = body.keys.filter((_, index) => results[index]!.status !== 'error');
  // That a body without a row is none is not the question here.
  return { ...body, keys: taken.length > 0 ? taken : [foreignKey().row] };
}

it('no mutation of a key is another, and none is looked for that is none', async () => {
  const organization = await newOrganization();
  const key = await issueKey(organization);
  const { plaintext_api_key: plaintext } = key;
  const spot = fc.nat(plaintext.length - 1);
  const letter = fc.constantFrom(...'0123456789ABCXYZabcxyz_- \n\u0660é');
  const mutations = fc.oneof(
    fc
      .tuple(spot, letter)
      .map(([at, put]) => plaintext.slice(0, at) + put + plaintext.slice(at + 1)),
    fc.tuple(spot, letter).map(([at, put]) => plaintext.slice(0, at) + put + plaintext.slice(at)),
    spot.map((at) => plaintext.slice(0, at)),
    fc.tuple(spot, spot).map(([at, other]) => plaintext.slice(0, at) + plaintext.slice(other)),
    fc.constantFrom(plaintext.toUpperCase(), plaintext.toLowerCase(), `${plaintext}\u200b`),
  );
  await checkInLanes(
    mutations.filter((text) => text !== plaintext && text !== ''),
    2000 * TIMES,
    async (text) => {
      const code = await codeOf({ ...key, plaintext_api_key: text });
      expect([text, code]).toEqual([text, 'malformed']);
    },
  );
  expect(await codeOf(key)).toBe('valid');
});
