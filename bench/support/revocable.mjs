import { randomUUID } from 'node:crypto';

/** How many are made at once. */
const AT_ONCE = 8;
const SCOPE = 'projects:read';

/**
 * Makes credentials of four kinds in turn: keys, tokens, clients with a token, and keys whose maker is a
 * member that they are bound to. Each says what asks for it, whether the answer is a yes, and the
 * statement that ends it.
 */
export async function issueCredentials({ server, create, pool, count }) {
  const { SecretHasher } = await import('../../dist/src/access/secrets/secret.js');
  const { decodeId } = await import('../../dist/src/access/ids.js');
  const hasher = new SecretHasher(server.secret);
  const { oauth_client, basic_credential } = await create('/oauth-clients', { name: 'Bench' });
  const organizationId = decodeId('organization', oauth_client.organization_id);
  const kinds = [key, token, client, member];
  const made = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < count; index = next++) {
      made.push(await kinds[index % kinds.length]());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;

  async function key() {
    const { api_key, plaintext_api_key } = await create('/api-keys', {
      name: 'Bench',
      scopes: [SCOPE],
    });
    const id = decodeId('apiKey', api_key.id);
    return {
      id,
      kind: 'key',
      question: verification(plaintext_api_key),
      isYes: ({ valid }) => valid === true,
      end: ['UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]],
    };
  }

  async function token() {
    const text = await accessToken(server.url, basic_credential);
    const digest = hasher.digest('access token', text);
    const end = 'UPDATE access_tokens SET revoked_at = now() WHERE digest = $1';
    return { kind: 'token', ...introspected(text), end: [end, [digest]] };
  }

  async function client() {
    const own = await create('/oauth-clients', { name: 'Bench' });
    const text = await accessToken(server.url, own.basic_credential);
    const end = 'UPDATE oauth_clients SET is_active = false WHERE client_id = $1';
    return { kind: 'client', ...introspected(text), end: [end, [own.oauth_client.client_id]] };
  }

  /** Made by SQL: a person who signs up would cost a slow hash. */
  async function member() {
    const made = await key();
    const userId = randomUUID();
    await pool.query(
      `INSERT INTO users (id, email, name, created_at, updated_at) VALUES ($1, $2, 'Bench', now(), now())`,
      [userId, `${userId}@keycap.test`],
    );
    await pool.query(
      `INSERT INTO memberships (id, organization_id, user_id, role, status, created_at, updated_at)
       VALUES ($1, $2, $3, 'member', 'active', now(), now())`,
      [randomUUID(), organizationId, userId],
    );
    await pool.query('UPDATE api_keys SET created_by_user_id = $2 WHERE id = $1', [
      made.id,
      userId,
    ]);
    const end = `UPDATE memberships SET status = 'paused' WHERE user_id = $1`;
    return { ...made, kind: 'member', end: [end, [userId]] };
  }
}

const verification = (api_key) => ({
  path: '/v1/api-keys/verify',
  type: 'application/json',
  body: JSON.stringify({ api_key, scope: SCOPE }),
});

const introspected = (token) => ({
  question: {
    path: '/o/introspect/',
    type: 'application/x-www-form-urlencoded',
    body: `token=${token}`,
  },
  isYes: ({ active }) => active === true,
});

async function accessToken(url, credential) {
  const answer = await fetch(`${url}/o/token/`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${credential}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  if (answer.status !== 200) throw new Error(`no token: ${await answer.text()}`);
  return (await answer.json()).access_token;
}
