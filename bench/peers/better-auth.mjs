// better-auth with its api-key plugin behind Node's own HTTP server, on the same PostgreSQL as Keycap.
// As it comes, but for the limit of ten uses of a key a day, which would refuse every round.
import { createServer } from 'node:http';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import pg from 'pg';
import { gather, serve } from './peer.mjs';

const LANES = 16;
const OWNER = { email: 'owner@keycap.test', password: 'a long enough passphrase', name: 'Bench' };

serve(async ({ databaseUrl, keys: count }) => {
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: 'a secret for measuring, and for nothing else at all',
    database: new pg.Pool({ connectionString: databaseUrl, max: 10 }),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    // It would complain of the tables that it is about to be given; what fails is thrown.
    logger: { disabled: true },
    plugins: [apiKey({ rateLimit: { enabled: false } })],
  });
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
  const { user } = await auth.api.signUpEmail({ body: OWNER });
  const make = () => auth.api.createApiKey({ body: { userId: user.id } });
  const keys = (await gather(count, LANES, make)).map(({ key }) => key);
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part) => (text += part));
    request.on('end', () => void verify(auth, JSON.parse(text).key, response));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, keys };
});

async function verify(auth, key, response) {
  const text = JSON.stringify(await auth.api.verifyApiKey({ body: { key } }));
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
