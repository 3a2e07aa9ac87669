// `npm run bench:growth`: what two servers answer in turn, one with a thousand keys and tokens, the other
// with millions of them. Measures; asserts nothing. `--plans` also prints how PostgreSQL carries out each
// statement that these requests lead to.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build, isBuilt } from '../scripts/lib/build.mjs';
import { fillKeys, fillTokens } from './support/filled-tables.mjs';
import { Keycap } from './support/keycap.mjs';
import { describePlans, Plans } from './support/plans.mjs';
import { runningServers, say } from './support/running.mjs';
import { measureInTurn, ratio, summarize } from './support/rounds.mjs';
import { align } from './support/table.mjs';
import { askAll, get, postForm, postJson } from './works/requests.mjs';

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '5000000' },
    tokens: { type: 'string', default: '5000000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    asked: { type: 'string', default: '1000' },
    plans: { type: 'boolean', default: false },
  },
});
const asked = Number(values.asked);
/** Uses of keys and clients, of which there are some by then. */
const WRITTEN_WITHIN_MS = 6000;
const rounds = { rounds: Number(values.rounds), seconds: Number(values.seconds), connections: 32 };
const whole = (number) => Math.round(number).toLocaleString('en');

/** Each makes the requests that a server is asked, for a round. */
const WORKS = {
  V: ({ verifications }) => ({ requests: verifications }),
  'V, each key once': ({ coldVerifications }) => ({ requestsOf: coldVerifications, once: true }),
  I: ({ introspections }) => ({ requests: introspections }),
  T: ({ token }) => ({ requests: [token] }),
  'list of keys': ({ list }) => ({ requests: [list] }),
  'new key': ({ creation }) => ({ requests: [creation] }),
};

const { running, stop } = runningServers();
try {
  if (!isBuilt()) await build();
  const few = await start(0, 0);
  const many = await start(Number(values.keys), Number(values.tokens));
  const lines = [];
  for (const [name, of] of Object.entries(WORKS)) {
    say(name);
    const contenders = Object.entries({ few, many }).map(([size, each]) => ({
      name: size,
      server: each.server,
      ...of(each),
    }));
    const results = await measureInTurn(contenders, rounds, say);
    lines.push(lineOf(name, results));
  }
  const head = [
    '',
    'ratio',
    'few /s',
    'many /s',
    'few p99',
    'many p99',
    'few CPU µs',
    'many CPU µs',
  ];
  process.stdout.write(`few: ${whole(asked)} keys and tokens; many: ${whole(values.keys)} and `);
  process.stdout.write(`${whole(values.tokens)} more\n${align([head, ...lines]).join('\n')}\n`);
  if (values.plans) await printPlans(few, many);
} finally {
  await stop();
}

/** How both carry out what one request of each work leads to; nothing is in memory. */
async function printPlans(few, many) {
  const plans = [];
  for (const each of [few, many]) {
    const of = await Plans.of(each.server);
    const works = {
      V: each.coldVerifications,
      I: each.coldIntrospections,
      T: () => [each.token],
      'list of keys': () => [each.list],
      'new key': () => [each.creation],
    };
    const found = {};
    for (const [name, requestsOf] of Object.entries(works)) {
      const requests = (await requestsOf()).slice(0, 1);
      found[name] = await of.during(() => askAll(each.server.url, requests));
    }
    found['written later'] = await of.during(() => delay(WRITTEN_WITHIN_MS));
    plans.push(found);
  }
  process.stdout.write(`\n${describePlans(...plans).join('\n')}\n`);
}

function lineOf(name, results) {
  const [few, many] = [results.few, results.many].map(summarize);
  const digits = (number) => (number === null ? '-' : number.toFixed(1));
  return [
    name,
    ratio(results, 'many', 'few').toFixed(2),
    whole(few.rate),
    whole(many.rate),
    digits(few.p99),
    digits(many.p99),
    digits(few.cost),
    digits(many.cost),
  ];
}

/** A server with so many keys and tokens beside those that it is asked about. */
async function start(keys, tokens) {
  const server = await Keycap.start();
  running.push(server);
  const { decodeId } = await import('../dist/src/access/ids.js');
  const { url, verifier, organizationPath, authorization, client } = server;
  const made = await server.create('/api-keys', { name: 'Model', scopes: ['backups:read'] });
  const { oauth_client: oauthClient, basic_credential: basic } = await server.create(
    '/oauth-clients',
    { name: 'Bench' },
  );
  const token = postForm('/o/token/', `Basic ${basic}`, { grant_type: 'client_credentials' });
  const issued = await askAll(
    url,
    Array.from({ length: asked }, () => token),
  );
  if (keys > 0) await fillKeys(server, decodeId('apiKey', made.api_key.id), keys, say);
  if (tokens > 0) {
    say(`${tokens} tokens`);
    await fillTokens(server, oauthClient.client_id, tokens);
  }
  const verification = (key) => postJson('/v1/api-keys/verify', verifier, { api_key: key });
  const introspection = ({ access_token: issuedToken }) =>
    postForm('/o/introspect/', `Basic ${basic}`, { token: issuedToken });
  const known = await server.keys(asked);
  await client.query('VACUUM ANALYZE api_keys');
  await client.query('ANALYZE access_tokens');
  await client.query('CHECKPOINT');
  return {
    server,
    verifications: known.map(verification),
    coldVerifications: async () => (await server.keys(5 * asked)).map(verification),
    coldIntrospections: async () => (await askAll(url, [token])).map(introspection),
    introspections: issued.map(introspection),
    token,
    list: get(`${organizationPath}/api-keys?limit=50`, authorization),
    creation: postJson(`${organizationPath}/api-keys`, authorization, {
      name: 'Bench',
      scopes: ['backups:read'],
    }),
  };
}
