import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { dataSourceOptions } from '../../dist/ormconfig.js';
import { EmbeddedPostgres } from '../../dist/src/database/embedded/embedded-postgres.js';
import { migrate } from '../../dist/src/database/migrate.js';

const SERVER = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));

/** What tests write is gone after the run, so nothing has to reach the disk. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '400',
};

const OWNER = {
  email: 'owner@keycap.test',
  password: 'a long enough passphrase',
  organization_name: 'Shared organization',
};

/** Resources of the host; `jobs:read` is a scope of the deployment, the others are theirs alone. */
const REPORTS = { resource: 'https://reports.keycap.test', scopes: ['reports:read', 'jobs:read'] };
const FILES = { resource: 'https://files.keycap.test/v1', scopes: ['files:read', 'files:write'] };

/**
 * Removes the folder of a test run that was interrupted, when this process has ended and its
 * PostgreSQL too; once more afterwards, for what servers of tests wrote while they ended.
 */
const CLEANER = `
read -r word && exit 0
while [ -e "$1/data/postgres/postmaster.pid" ]; do sleep 0.1; done
rm -rf "$1"
sleep 5
rm -rf "$1"
`;

const digest = (token) => createHash('sha256').update(token).digest('hex');
const token = (prefix) =>
  prefix + randomBytes(64).toString('base64').replace(/\W/g, '').slice(0, 43);

/**
 * One PostgreSQL with a migrated template database, and one built server on a copy of it that all
 * tests share, each with an organization of its own.
 */
export class TestRun {
  #undo = [];
  #stopping;
  #cleaner;

  /** Starts everything and tells the tests by `KEYCAP_TEST_...` variables. */
  async start() {
    const folder = await this.#makeFolder();
    const postgres = await EmbeddedPostgres.start({
      dataDir: join(folder, 'data'),
      dataDirGiven: true,
      settings: SETTINGS,
    });
    this.#undo.push(() => postgres.stop());
    const urlOf = (database) => new URL(`/${database}`, postgres.url).href;
    await this.#prepareDatabases(postgres.url, urlOf);

    const tokens = {
      resourceServer: token('kcr_'),
      reportsServer: token('kcr_'),
      operator: token('kco_'),
    };
    const github = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secret = randomBytes(32).toString('base64url');
    const { url, setupToken } = await this.#startServer(folder, {
      DATABASE_URL: urlOf('keycap_shared'),
      KEYCAP_SECRET: secret,
      KEYCAP_RESOURCE_SERVERS: JSON.stringify([
        { name: 'tests', sha256: digest(tokens.resourceServer) },
        { name: 'reports', sha256: digest(tokens.reportsServer), resource: REPORTS.resource },
      ]),
      KEYCAP_RESOURCES: JSON.stringify([REPORTS, FILES]),
      KEYCAP_GITHUB_SCANNING_KEYS: JSON.stringify([
        { key_identifier: 'tests', key: pemOf(github.publicKey, 'spki'), is_current: true },
      ]),
      KEYCAP_OPERATOR_TOKENS: entry('tests', tokens.operator),
      KEYCAP_MAIL_DIR: join(folder, 'mails'),
      // Each test takes an address of its own by X-Forwarded-For, so none throttles another.
      KEYCAP_TRUSTED_PROXIES: '127.0.0.0/8',
    });
    const organizationId = await setUp(url, setupToken);
    Object.assign(process.env, {
      KEYCAP_TEST_URL: url,
      KEYCAP_TEST_DATABASE_URL: urlOf('keycap_shared'),
      KEYCAP_TEST_ADMIN_DATABASE_URL: postgres.url,
      KEYCAP_TEST_MAIL_DIR: join(folder, 'mails'),
      KEYCAP_TEST_SECRET: secret,
      KEYCAP_TEST_RESOURCE_SERVER_TOKEN: tokens.resourceServer,
      KEYCAP_TEST_REPORTS_SERVER_TOKEN: tokens.reportsServer,
      KEYCAP_TEST_OPERATOR_TOKEN: tokens.operator,
      KEYCAP_TEST_GITHUB_KEY: pemOf(github.privateKey, 'pkcs8'),
      KEYCAP_TEST_OWNER_EMAIL: OWNER.email,
      KEYCAP_TEST_OWNER_PASSWORD: OWNER.password,
      KEYCAP_TEST_ORGANIZATION_ID: organizationId,
    });
  }

  /** Undoes everything, latest first, and leaves neither process nor folder. */
  stop() {
    this.#stopping ??= this.#undoAll();
    return this.#stopping;
  }

  /** Stops after the last test, when nothing writes any more. */
  async finish() {
    await this.stop();
    this.#cleaner?.stdin.end('done\n');
  }

  async #undoAll() {
    for (const undo of this.#undo.toReversed()) await undo();
  }

  async #makeFolder() {
    const folder = await mkdtemp(join(tmpdir(), 'keycap-test-'));
    // As root PostgreSQL runs as another user, who has to pass.
    await chmod(folder, process.getuid() === 0 ? 0o711 : 0o700);
    const cleaner = spawn('/bin/sh', ['-c', CLEANER, 'keycap-test-cleaner', folder], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    cleaner.unref();
    cleaner.stdin.unref();
    this.#cleaner = cleaner;
    this.#undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    // What tests write in the temporary folder goes the same way.
    Object.assign(process.env, { TMPDIR: folder });
    return folder;
  }

  async #prepareDatabases(adminUrl, urlOf) {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      await client.query('CREATE DATABASE keycap_template');
      await migrate(urlOf('keycap_template'), dataSourceOptions(urlOf('keycap_template')));
      await client.query('ALTER DATABASE keycap_template ALLOW_CONNECTIONS false');
      await client.query('CREATE DATABASE keycap_shared TEMPLATE keycap_template');
    } finally {
      await client.end();
    }
  }

  async #startServer(folder, environment) {
    const logFile = join(folder, 'server.log');
    const log = await open(logFile, 'w', 0o600);
    const server = spawn(process.execPath, [SERVER], {
      cwd: folder,
      env: { PATH: process.env.PATH, PORT: '0', ...environment },
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await log.close();
    const gone = new Promise((resolve) => server.once('exit', resolve));
    this.#undo.push(async () => {
      server.kill('SIGTERM');
      await gone;
    });
    const listening = new Promise((resolve) => server.once('message', resolve));
    const answer = await Promise.race([listening, gone]);
    if (typeof answer === 'object' && answer !== null) return answer;
    throw new Error(`The server did not start:\n${await readFile(logFile, 'utf8')}`);
  }
}

const pemOf = (key, type) => key.export({ type, format: 'pem' });
const entry = (name, secret) => JSON.stringify([{ name, sha256: digest(secret) }]);

/** The first owner, through the documented request. @returns the organization's id */
async function setUp(url, setupToken) {
  const response = await fetch(`${url}/v1/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Setup-Token': setupToken },
    body: JSON.stringify(OWNER),
  });
  const body = await response.json();
  if (response.status !== 201) throw new Error(`Set-up failed: ${JSON.stringify(body)}`);
  return body.organization.id;
}
