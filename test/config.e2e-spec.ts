import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { publicUrlOf, readConfig } from '../src/config.js';
import { VARIABLES } from '../src/config-variables.js';
import { runProgram, startServer } from './support/servers.js';

const SECRET = 'vD8cY1mQz4Lr7Xw0Ks3Jt6Hb9Ng2Pf5A';

function complaintOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'no error object';
  }
  return 'accepted';
}

/** One entry that is right but for what it names. */
const issuersOf = (issuer: string): string =>
  JSON.stringify([{ issuer, jwks_url: `${issuer}/keys`, audience: ['keycap'] }]);

/** Runs a script of the project as npm does and answers its output and exit code. */
async function script(...parameters: string[]): Promise<{ output: string; code: number | null }> {
  const { log, ended } = runProgram(process.execPath, parameters, {});
  const code = await ended;
  return { output: log(), code };
}

describe('configuration', () => {
  it('needs nothing, and changes nothing afterwards', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
      publicUrl: null,
      keyBrand: 'capy',
      hostScopes: ['credentials:read', 'backups:read', 'backups:write', 'jobs:read', 'schema:read'],
      organizationCreation: 'anyone',
      passwordFailuresPerAccountPer15Minutes: 10,
      unknownCredentialsPerAddressPerMinute: 100,
      cacheMb: 128,
      swaggerUi: true,
      dataDirGiven: false,
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.hostScopes)).toBe(true);
  });

  it('takes an empty variable as unset', () => {
    expect(readConfig({ PORT: '', KEYCAP_DATA_DIR: '' })).toEqual(readConfig({}));
  });

  it.each([
    [{ PORT: 'abc' }, 'PORT is "abc" but must be a whole number from 0 to 65535.'],
    [{ PORT: '65536' }, 'PORT is "65536" but must be a whole number from 0 to 65535.'],
    [{ HOST: '127.0.0.1:80' }, 'HOST is "127.0.0.1:80" but must be'],
    [{ KEYCAP_DEMO: 'yes' }, 'KEYCAP_DEMO is "yes" but must be 0 or 1.'],
    [{ KEYCAP_KEY_BRAND: 'kcs' }, 'KEYCAP_KEY_BRAND is "kcs" but must be a word'],
    [{ KEYCAP_SCOPES: 'members:read' }, "that are none of Keycap's own."],
    [{ KEYCAP_TRUSTED_PROXIES: '10.0.0.0/33' }, 'KEYCAP_TRUSTED_PROXIES is "10.0.0.0/33" but'],
    [{ KEYCAP_TRUSTED_PROXIES: '::ffff:10.0.0.0/8' }, '"::ffff:10.0.0.0/8" but'],
    [{ KEYCAP_TRUSTED_PROXIES: 'fe80::1%eth0/64' }, '"fe80::1%eth0/64" but'],
    [{ KEYCAP_CORS_ORIGINS: '*' }, 'KEYCAP_CORS_ORIGINS is "*" but'],
    [{ KEYCAP_OWNER_EMAIL: 'nobody' }, 'KEYCAP_OWNER_EMAIL is "nobody" but must be an e-mail'],
    [{ KEYCAP_OWNER_EMAIL: 'a@b.example' }, 'must be set together or not at all.'],
    [{ KEYCAP_LOG_LEVEL: 'loud' }, 'KEYCAP_LOG_LEVEL is "loud" but must be one of fatal'],
    [
      { KEYCAP_DATADIR: '/srv' },
      'KEYCAP_DATADIR is no variable of Keycap; did you mean KEYCAP_DATA_DIR?',
    ],
    [{ KEYCAP_SESSION_ISSUERS: '{' }, 'KEYCAP_SESSION_ISSUERS is "{" but must be a JSON list'],
    [
      {
        KEYCAP_SESSION_ISSUERS: '[{"issuer":"https://i.example","jwks_url":"https://i.example/j"}]',
      },
      '(0: needs at least one of audience and authorized_parties).',
    ],
    [
      {
        KEYCAP_SESSION_ISSUERS: '[{"issuer":"http://i.example","jwks_url":"https://i.example/j"}]',
      },
      '(0.issuer: must be an https URL, or http on loopback).',
    ],
    ...[
      ['https://keycap.example', 'https://keycap.example'],
      ['https://keycap.example', 'https://keycap.example/'],
      ['https://keycap.example', 'https://KEYCAP.example:443'],
      ['', 'http://127.0.0.1:3000'],
    ].map(([own = '', issuer = '']): [Record<string, string>, string] => [
      { KEYCAP_PUBLIC_URL: own, KEYCAP_SESSION_ISSUERS: issuersOf(issuer) },
      `KEYCAP_SESSION_ISSUERS names "${issuer}", the public URL of Keycap itself`,
    ]),
    [{ DATABASE_REPLICA_URLS: 'postgresql://replica/db' }, 'unless DATABASE_URL is set.'],
  ])('refuses %j with one sentence', (env, sentence) => {
    const complaint = complaintOf(env);
    expect(complaint).toContain(sentence);
    expect(complaint).toMatch(/^ConfigError: .*[.?]$/);
  });

  it.each([
    ['DATABASE_URL', 'mysql://user:hunter2hunter2@db/keycap', 'must be a PostgreSQL URL'],
    ['KEYCAP_OWNER_PASSWORD', 'hunter2hunter2', 'must be a password of 15 to 1024 characters'],
    ['SMTP_URL', 'http://user:hunter2hunter2@mail', 'must be a URL such as smtps://'],
    ['KEYCAP_RESOURCE_SERVERS', '["hunter2hunter2"]', 'must be a JSON list of {"name","sha256"'],
    ['KEYCAP_OPERATOR_TOKENS', '["hunter2hunter2"]', 'must be a JSON list of {"name","sha256"}'],
    ['KEYCAP_SECRET', 'hunter2hunter2', 'must be at least 32 random bytes'],
    ['KEYCAP_FORMER_SECRETS', 'hunter2hunter2', 'must be a list of master secrets'],
  ])('never repeats the value of %s', (name, value, sentence) => {
    const complaint = complaintOf({ [name]: value });
    expect(complaint).toContain(`${name} ${sentence}`);
    expect(complaint).not.toContain('hunter2');
  });

  it.each([
    ['a placeholder', `changeme${SECRET}`],
    ['31 bytes', SECRET.slice(1)],
    ['one character repeated', 'a'.repeat(64)],
    ['a short pattern repeated', 'abc123'.repeat(10)],
  ])('S55: refuses a master secret that is %s', (_, secret) => {
    expect(complaintOf({ KEYCAP_SECRET: secret })).toContain('KEYCAP_SECRET must be');
  });

  it('S55: refuses an own database without a master secret, which nobody could find again', () => {
    const env = { DATABASE_URL: 'postgresql://user:password@db/keycap' };
    expect(complaintOf(env)).toContain('KEYCAP_SECRET must be set with DATABASE_URL');
    expect(complaintOf({ ...env, KEYCAP_SECRET: SECRET })).toBe('accepted');
  });

  it.each([
    [{ KEYCAP_PUBLIC_URL: 'http://auth.example.com' }, 'KEYCAP_PUBLIC_URL is "http://auth'],
    [{ HOST: '0.0.0.0' }, 'HOST is "0.0.0.0", where plain http is not allowed'],
    [{ HOST: '0.0.0.0', KEYCAP_PUBLIC_URL: 'https://auth.example.com' }, 'accepted'],
    [{ HOST: '0.0.0.0', KEYCAP_PUBLIC_URL: 'http://localhost:8080' }, 'accepted'],
    [{ HOST: '0.0.0.0', KEYCAP_BEHIND_TLS_PROXY: '1' }, 'accepted'],
    [{ HOST: '::1' }, 'accepted'],
    [{ KEYCAP_PUBLIC_URL: 'https://auth.example.com/path' }, 'must be an http or https URL'],
    [{ KEYCAP_INSECURE_COOKIE: '1' }, 'accepted'],
    [
      { KEYCAP_INSECURE_COOKIE: '1', KEYCAP_PUBLIC_URL: 'https://auth.example.com' },
      'KEYCAP_INSECURE_COOKIE must be 0',
    ],
  ])('allows plain http on loopback alone: %j', (env, answer) => {
    expect(complaintOf(env)).toContain(answer);
  });

  it('derives the public address from where it listens', () => {
    expect(publicUrlOf(readConfig({}), 3000)).toBe('http://127.0.0.1:3000');
    expect(publicUrlOf(readConfig({ HOST: '::1' }), 8080)).toBe('http://[::1]:8080');
    const behindProxy = readConfig({ KEYCAP_PUBLIC_URL: 'https://auth.example.com/' });
    expect(publicUrlOf(behindProxy, 3000)).toBe('https://auth.example.com');
  });

  it('reads lists and JSON in full', () => {
    const sha256 = createHash('sha256').update('kcr_x').digest('hex');
    const config = readConfig({
      KEYCAP_TRUSTED_PROXIES: '127.0.0.0/8, 192.0.2.7 ::1',
      KEYCAP_CORS_ORIGINS: 'https://app.example.com/',
      KEYCAP_RESOURCE_SERVERS: JSON.stringify([{ name: 'api', sha256: sha256.toUpperCase() }]),
      KEYCAP_SESSION_ISSUERS: JSON.stringify([
        {
          issuer: 'https://clerk.example',
          jwks_url: 'http://127.0.0.1:9000/jwks',
          authorized_parties: ['https://app.example.com'],
          claims: { organization: 'o.id', role: 'o.rol' },
          membership_from: 'claims',
        },
      ]),
    });
    expect(config).toMatchObject({
      trustedProxies: ['127.0.0.0/8', '192.0.2.7/32', '::1/128'],
      corsOrigins: ['https://app.example.com'],
      resourceServers: [{ name: 'api', sha256 }],
      sessionIssuers: [
        {
          issuer: 'https://clerk.example',
          jwksUrl: 'http://127.0.0.1:9000/jwks',
          audience: [],
          authorizedParties: ['https://app.example.com'],
          claims: {
            email: 'email',
            emailVerified: 'email_verified',
            name: 'name',
            organization: 'o.id',
            role: 'o.rol',
          },
          linkByVerifiedEmail: false,
          membershipFrom: 'claims',
        },
      ],
    });
  });
});

describe('npm run config', () => {
  it('lists every variable with meaning, default and rule', async () => {
    const { output, code } = await script('scripts/config.mjs');
    expect(code).toBe(0);
    for (const { name, meaning, allowed } of Object.values(VARIABLES)) {
      expect(output).toContain(`${name}  default: `);
      expect(output).toContain(meaning);
      expect(output).toContain(allowed);
    }
  });

  it('finds .env.example to be up to date', async () => {
    const { output, code } = await script('scripts/config.mjs', '--check-env-example');
    expect({ output, code }).toEqual({ output: '', code: 0 });
    const example = await readFile('.env.example', 'utf8');
    for (const { name } of Object.values(VARIABLES)) expect(example).toContain(`\n#${name}=`);
  });
});

it('says at the start that behind a proxy that is not named every client counts as one', async () => {
  const note = 'every client counts as one address: name the proxy in KEYCAP_TRUSTED_PROXIES';
  const started = async (proxies: string, behindProxy: string): Promise<string> => {
    const server = await startServer({
      env: { KEYCAP_TRUSTED_PROXIES: proxies, KEYCAP_BEHIND_TLS_PROXY: behindProxy },
    });
    await server.stop();
    return server.log();
  };
  expect(await started('', '1')).toContain(note);
  expect(await started('10.0.0.0/8', '1')).not.toContain(note);
  expect(await started('', '0')).not.toContain(note);
});

describe('npm run token', () => {
  it.each([
    ['operator', 'kco_'],
    ['resource-server', 'kcr_'],
  ])('makes a token for a(n) %s and the entry that makes it known', async (kind, prefix) => {
    const { output, code } = await script('scripts/token.mjs', kind, 'billing');
    expect(code).toBe(0);
    const [token = ''] = /\bkc[or]_[0-9A-Za-z]{43}\b/.exec(output) ?? [];
    expect(token.startsWith(prefix)).toBe(true);
    const sha256 = createHash('sha256').update(token).digest('hex');
    expect(output).toContain(JSON.stringify({ name: 'billing', sha256 }));
    expect((await script('scripts/token.mjs', kind)).output).not.toContain(token);
  });

  it('explains itself where the kind is unknown', async () => {
    const { output, code } = await script('scripts/token.mjs', 'constructor');
    expect(code).toBe(2);
    expect(output).toContain('Usage: npm run token -- operator|resource-server [name]');
  });
});
