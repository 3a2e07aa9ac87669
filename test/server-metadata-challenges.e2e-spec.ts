import { tokenOf } from './support/issued-tokens.js';
import { call, newOrganization, type TestOrganization } from './support/keycap.js';
import { ClientManagement } from './support/oauth-clients.js';
import { exchangeOne, request } from './support/raw-http.js';

let organization: TestOrganization;
let clients: ClientManagement;

beforeAll(async () => {
  organization = await newOrganization();
  clients = new ClientManagement(organization);
});

describe('challenges', () => {
  let narrow: string;

  beforeAll(async () => {
    narrow = await tokenOf(await clients.create({ scopes: ['organizations:read'] }));
  });

  /** The parameters of a challenge by the grammar of RFC 9110 §11.2, each with its value. */
  function parametersOf(challenge: string): (readonly [string, string])[] {
    expect(challenge).toMatch(/^Bearer /);
    return challenge
      .slice('Bearer '.length)
      .split(', ')
      .map((parameter) => {
        const [, name, value] = /^([a-z_]+)="([^"\\]*)"$/.exec(parameter) ?? [];
        return [name ?? parameter, value ?? 'no quoted string\n'] as const;
      });
  }

  it('BR-06 have each parameter once, quoted, in characters that the standard allows', async () => {
    const showings = [undefined, 'x', 'a"b\\', 'x'.repeat(3000), narrow];
    const paths = [
      organization.path,
      `${organization.path}/members`,
      '/v1/me',
      '/v1/api-keys/verify',
      `/api/v3/public/organizations/${organization.id}/members/`,
    ];
    const seen = new Set<string>();
    for (const path of paths) {
      for (const as of showings) {
        const method = path.endsWith('verify') ? 'POST' : 'GET';
        const body = method === 'POST' ? { api_key: 'x' } : undefined;
        const { status, headers } = await call(method, path, { as, body });
        const challenge = headers.get('www-authenticate');
        expect([path, as, challenge === null]).toEqual([path, as, ![401, 403].includes(status)]);
        if (challenge === null) continue;
        const parameters = parametersOf(challenge);
        const names = parameters.map(([name]) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const [name, value] of parameters) {
          expect([name, value]).toEqual([name, expect.stringMatching(/^[!#-[\]-~ ]*$/)]);
        }
        seen.add(`${String(status)} ${names.join(' ')}`);
      }
    }
    expect([...seen].toSorted()).toEqual([
      '401 realm error resource_metadata',
      '401 realm resource_metadata',
      '403 realm error scope',
    ]);
  });

  it('BR-08 come, like everything that a token is shown for, with answers that nobody keeps', async () => {
    const requests = [
      call('GET', organization.path, { as: narrow }),
      call('GET', '/v1/me', { as: narrow }),
      call('GET', `${organization.path}/members`, { as: narrow }),
      call('GET', `${organization.path}/nothing`, { as: narrow }),
      call('GET', organization.path, { as: 'x' }),
      call('GET', `/api/v3/public/organizations/${organization.id}/`, { as: narrow }),
      call('POST', '/o/introspect/', { as: narrow, form: { token: narrow } }),
      call('POST', '/v1/api-keys/verify', { as: narrow, body: { api_key: 'x' } }),
    ];
    for (const { headers } of await Promise.all(requests)) {
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('BR-04 are none where a token is shown twice, or beside another credential: that is 400', async () => {
    const token = `Authorization: Bearer ${narrow}`;
    const others = [
      [token, token],
      [token, 'Authorization: Bearer x'],
      [token, `Authorization: Basic ${Buffer.from('a:b').toString('base64')}`],
      [token, `X-API-Key: ${narrow}`],
    ];
    for (const headers of others) {
      const answer = await exchangeOne(request('GET', organization.path, headers));
      expect([headers[1], answer.status]).toEqual([headers[1], 400]);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'ambiguous_credentials' });
      expect(answer.headers['www-authenticate']).toBeUndefined();
    }
  });
});
