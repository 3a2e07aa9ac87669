import { askAll, get, postForm, postJson } from './requests.mjs';

const isOrganization = ({ organization }) => organization !== null;
const me = (credentials) => credentials.map((each) => get('/v1/me', `Bearer ${each}`));

/** B: credentials are shown to Keycap's own API. */
export const bearer = {
  id: 'B',
  title: 'GET /v1/me with a credential',
  ratios: [
    { of: 'key', to: 'fastify', goal: 0.5, aim: 0.8 },
    { of: 'token', to: 'fastify', goal: 0.5, aim: 0.8 },
  ],
  async contenders(stage) {
    const server = await stage.keycap();
    const keys = await stage.keys();
    const [byKey, byToken] = [me(keys), me(await stage.tokens())];
    const ceiling = await stage.ceiling('fastify', keys, byKey);
    await askAll(server.url, byToken, isOrganization);
    return [
      { name: 'key', server, requests: byKey, isGood: isOrganization },
      { name: 'token', server, requests: byToken, isGood: isOrganization },
      { name: 'fastify', server: ceiling, requests: byKey, isGood: isOrganization },
    ];
  },
};

/** Of a hundred requests. */
const MIXTURE = { verifications: 90, uses: 5, tokens: 3, creations: 2 };

/** W: what a deployment does all day. */
export const mixture = {
  id: 'W',
  title: '90 % V, 5 % B, 3 % T, 2 % new keys',
  ratios: [],
  async contenders(stage) {
    const server = await stage.keycap();
    const keys = await stage.keys();
    const kinds = {
      verifications: await stage.verifications(keys),
      uses: me(keys),
      tokens: [postForm('/o/token/', await stage.client(), { grant_type: 'client_credentials' })],
      creations: [newKey(server)],
    };
    const order = mixed(Object.entries(MIXTURE));
    const requests = keys.map((_, index) => {
      const list = kinds[order[index % order.length]];
      return list[index % list.length];
    });
    return [{ name: 'keycap', server, requests }];
  },
};

/** K: a client makes keys. */
export const creation = {
  id: 'K',
  title: 'POST .../api-keys, durable',
  ratios: [],
  async contenders(stage) {
    const server = await stage.keycap();
    return [{ name: 'keycap', server, requests: [newKey(server)] }];
  },
};

/** X: another mixture, by which bench/capacity.mjs is checked. */
export const tokenMixture = {
  id: 'X',
  title: '60 % I, 40 % T',
  ratios: [],
  async contenders(stage) {
    const server = await stage.keycap();
    const client = await stage.client();
    const issuing = postForm('/o/token/', client, { grant_type: 'client_credentials' });
    const tokens = await stage.tokens();
    const requests = tokens.map((token, index) =>
      index % 5 < 3 ? postForm('/o/introspect/', client, { token }) : issuing,
    );
    return [{ name: 'keycap', server, requests }];
  },
};

function newKey({ organizationPath, authorization }) {
  const body = { name: 'Bench', scopes: ['backups:read'] };
  return postJson(`${organizationPath}/api-keys`, authorization, body);
}

/** Each kind spread evenly over the hundred. */
function mixed(parts) {
  const places = parts.flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => ({ kind, at: (index + 0.5) / count })),
  );
  return places.toSorted((a, b) => a.at - b.at).map(({ kind }) => kind);
}
