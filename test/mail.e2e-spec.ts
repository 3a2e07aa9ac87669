import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { SMTPServer } from 'smtp-server';
import { Sealer } from '../src/access/sealing.js';
import { SecretHasher } from '../src/access/secret.js';
import { readConfig } from '../src/config.js';
import { inDatabase } from './support/keycap.js';
import { mailsTo, nextMail } from './support/mail.js';
import type { TestDatabase, TestServer } from './support/servers.js';
import { createDatabase, startServer, testVariable } from './support/servers.js';
import { until } from './support/until.js';

const FROM = 'Keycap <keycap@keycap.test>';

interface Row {
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly is_erased: boolean;
  readonly waits: boolean;
}

/** Takes mails, or answers as it is told. */
class MailServer {
  readonly received: { to: string[]; raw: string }[] = [];
  private refusal: Error | null = null;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_address, _session, done) => {
      done(this.refusal);
    },
    onData: (stream, session, done) => {
      let raw = '';
      stream.setEncoding('utf8').on('data', (part: string) => {
        raw += part;
      });
      stream.on('end', () => {
        this.received.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.server.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `smtp://127.0.0.1:${String(address.port)}`;
  }

  refuse(responseCode: number | null): void {
    const text = 'no\r\nsuch mailbox';
    this.refusal = responseCode === null ? null : Object.assign(new Error(text), { responseCode });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

let database: TestDatabase;
const servers: TestServer[] = [];

beforeEach(async () => {
  database = await createDatabase();
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await database.drop();
});

async function start(env: Readonly<Record<string, string>>): Promise<TestServer> {
  const server = await startServer({ database: database.url, env });
  servers.push(server);
  return server;
}

/** Puts a mail into the outbox, as a change does. @returns its id */
async function post(
  recipient: string,
  { subject = 'Hello', text = 'The link: https://keycap.test/#token=abc', seconds = 600 } = {},
): Promise<string> {
  const id = randomUUID();
  const sealer = new Sealer(new SecretHasher(testVariable('KEYCAP_TEST_SECRET')));
  await inDatabase(
    `INSERT INTO outgoing_mails
       (id, kind, recipient, sealed, state, attempts, next_attempt_at, created_at, expires_at)
     VALUES ($1, 'password_reset', $2, $3, 'waiting', 0, now(), now(),
             now() + make_interval(secs => $4))`,
    [id, recipient, sealer.seal('mail', id, JSON.stringify({ subject, text })), seconds],
    database.url,
  );
  return id;
}

async function rowOf(id: string): Promise<Row> {
  const [row] = await inDatabase<Row & Record<string, unknown>>(
    `SELECT state, attempts, last_error, sealed IS NULL AS is_erased, next_attempt_at > now() AS waits
       FROM outgoing_mails WHERE id = $1`,
    [id],
    database.url,
  );
  return row!;
}

const untilState = (id: string, state: string): Promise<Row> =>
  until(`the mail is ${state}`, async () => {
    const row = await rowOf(id);
    return row.state === state && row;
  });

describe('mail by SMTP', () => {
  const mailServer = new MailServer();
  let url: string;

  beforeAll(async () => {
    url = await mailServer.start();
  });
  afterAll(() => mailServer.stop());
  afterEach(() => {
    mailServer.refuse(null);
    mailServer.received.splice(0);
  });

  it('is sent once, by whichever of the servers, and then erased', async () => {
    const env = { SMTP_URL: url, KEYCAP_MAIL_FROM: FROM };
    await Promise.all([start(env), start(env)]);
    const recipients = Array.from({ length: 10 }, (_, index) => `p${String(index)}@keycap.test`);
    const ids = await Promise.all(recipients.map((recipient) => post(recipient)));
    const rows = await Promise.all(ids.map((id) => untilState(id, 'sent')));
    for (const row of rows) expect(row).toMatchObject({ attempts: 1, is_erased: true });
    expect(mailServer.received.map(({ to }) => to.join()).toSorted()).toEqual(recipients);
    expect(mailServer.received[0]!.raw).toMatch(/^From: Keycap <keycap@keycap\.test>\r\n/m);
  });

  it('has one recipient and no header of others, whatever subject and address say', async () => {
    await start({ SMTP_URL: url, KEYCAP_MAIL_FROM: FROM });
    const subject = 'Hello\r\nBcc: eve@keycap.test';
    const odd = await post('"a, eve@keycap.test"@keycap.test', { subject });
    await until('the odd one is decided', async () => {
      const { state, last_error: error } = await rowOf(odd);
      return state !== 'waiting' || error !== null;
    });
    await untilState(await post('ada@keycap.test', { subject }), 'sent');
    const recipients = mailServer.received.flatMap(({ to }) => to);
    expect(recipients).toContain('ada@keycap.test');
    expect(recipients).not.toContain('eve@keycap.test');
    expect(mailServer.received.map(({ raw }) => raw).join('')).not.toMatch(/^bcc:/im);
  });

  it('is tried again after a passing refusal, later each time', async () => {
    mailServer.refuse(451);
    await start({ SMTP_URL: url, KEYCAP_MAIL_FROM: FROM });
    const id = await post('ada@keycap.test');
    const row = await until('the refusal is noted', async () => {
      const now = await rowOf(id);
      return now.last_error !== null && now;
    });
    expect(row).toMatchObject({ state: 'waiting', attempts: 1, is_erased: false, waits: true });
    expect(row.last_error).toContain('no such mailbox');
    mailServer.refuse(null);
    await inDatabase('UPDATE outgoing_mails SET next_attempt_at = now()', [], database.url);
    expect(await untilState(id, 'sent')).toMatchObject({ attempts: 2, last_error: null });
  });

  it('is given up after a final refusal', async () => {
    mailServer.refuse(550);
    await start({ SMTP_URL: url, KEYCAP_MAIL_FROM: FROM });
    const id = await post('nobody@keycap.test');
    expect(await untilState(id, 'failed')).toMatchObject({ attempts: 1, is_erased: false });
  });

  it('is not lost where its server died while it was sending', async () => {
    const id = await post('ada@keycap.test');
    await inDatabase(
      `UPDATE outgoing_mails SET attempts = 1, next_attempt_at = now() + interval '120 s'`,
      [],
      database.url,
    );
    await start({ SMTP_URL: url, KEYCAP_MAIL_FROM: FROM });
    const other = await post('bob@keycap.test');
    await untilState(other, 'sent');
    expect(await rowOf(id)).toMatchObject({ state: 'waiting' });
    await inDatabase('UPDATE outgoing_mails SET next_attempt_at = now()', [], database.url);
    expect(await untilState(id, 'sent')).toMatchObject({ attempts: 2 });
  });
});

describe('mail into a folder', () => {
  let parent: string;
  let folder: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'keycap-mails-'));
    folder = join(parent, 'mails');
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  it('S10: is a file that its owner alone reads', async () => {
    await start({ KEYCAP_MAIL_DIR: folder });
    const id = await post('ada@keycap.test', { subject: 'Hi\nBcc: eve@keycap.test' });
    const mail = await nextMail('ada@keycap.test', { folder });
    expect(mail.headers).toMatchObject({
      from: 'Keycap <keycap@localhost>',
      subject: 'Hi Bcc: eve@keycap.test',
      'x-keycap-mail': 'password_reset',
    });
    expect(mail.headers).not.toHaveProperty('bcc');
    expect(mail.text).toBe('The link: https://keycap.test/#token=abc\n');
    const modes = [folder, join(folder, `${id}.eml`)].map(async (path) => (await stat(path)).mode);
    expect((await Promise.all(modes)).map((mode) => mode & 0o777)).toEqual([0o700, 0o600]);
  });

  it('is not sent once its link is dead', async () => {
    const id = await post('ada@keycap.test', { seconds: -1 });
    await start({ KEYCAP_MAIL_DIR: folder });
    expect(await untilState(id, 'expired')).toMatchObject({ attempts: 0, is_erased: true });
    expect(await mailsTo('ada@keycap.test', folder)).toEqual([]);
  });

  it('fails where it was encrypted under another master secret', async () => {
    const [one, other] = [await post('ada@keycap.test'), await post('bob@keycap.test')];
    await inDatabase(
      'UPDATE outgoing_mails SET sealed = (SELECT sealed FROM outgoing_mails WHERE id = $2) WHERE id = $1',
      [one, other],
      database.url,
    );
    await start({ KEYCAP_MAIL_DIR: folder });
    await untilState(other, 'sent');
    const { last_error: error } = await untilState(one, 'failed');
    expect(error).toContain('master secret');
  });
});

describe('without mail', () => {
  it('waits in the outbox', async () => {
    const id = await post('ada@keycap.test');
    const dead = await post('bob@keycap.test', { seconds: -1 });
    await start({});
    await untilState(dead, 'expired');
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', attempts: 0, is_erased: false });
  });

  it.each([
    [{ SMTP_URL: 'smtp://mail.example.com' }, 'KEYCAP_MAIL_FROM must be set with SMTP_URL'],
    [
      { SMTP_URL: 'smtp://mail.example.com', KEYCAP_MAIL_FROM: FROM, KEYCAP_MAIL_DIR: 'mails' },
      'Only one of SMTP_URL and KEYCAP_MAIL_DIR',
    ],
  ])('does not start with half of it: %j', (env, complaint) => {
    expect(() => readConfig(env)).toThrow(complaint);
  });
});
