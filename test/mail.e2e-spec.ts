import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { SMTPServer } from 'smtp-server';
import { Sealer } from '../src/access/secrets/sealing.js';
import { SecretHasher } from '../src/access/secrets/secret.js';
import { readConfig } from '../src/config.js';
import { inDatabase } from './support/keycap.js';
import { mailsTo, nextMail } from './support/mail.js';
import type { TestDatabase, TestServer } from './support/servers.js';
import { createDatabase, startServer, testVariable } from './support/servers.js';
import { until } from './support/until.js';

const FROM = 'Keycap <keycap@keycap.test>';
const OTHER_SECRET = 'q3Zt8WbXv1Ns6Rk0Hy5Jd2Lc9Fg4Pm7A';

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

/** Starts servers on a database of their own, for the tests of one `describe`. */
async function start(env: Readonly<Record<string, string>>, count = 1): Promise<void> {
  database = await createDatabase();
  const starts = Array.from({ length: count }, () => startServer({ database: database.url, env }));
  servers.push(...(await Promise.all(starts)));
}

async function stop(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await database.drop();
}

interface Mail {
  readonly subject?: string;
  /** How long its link lives from now on. */
  readonly seconds?: number;
  /** The master secret that it is encrypted under. */
  readonly secret?: string;
  /** How long it still belongs to a server that has begun to send it. */
  readonly claimedForSeconds?: number;
}

/** Puts a mail into the outbox, as a change does. @returns its id */
async function post(recipient: string, mail: Mail = {}): Promise<string> {
  const { subject = 'Hello', seconds = 600, claimedForSeconds = 0 } = mail;
  const { secret = testVariable('KEYCAP_TEST_SECRET') } = mail;
  const id = randomUUID();
  const sealer = new Sealer(new SecretHasher(secret));
  const text = 'The link: https://keycap.test/#token=abc';
  await inDatabase(
    `INSERT INTO outgoing_mails
       (id, kind, recipient, sealed, state, attempts, next_attempt_at, created_at, expires_at)
     VALUES ($1, 'password_reset', $2, $3, 'waiting', ($4 > 0)::int,
             now() + make_interval(secs => $4), now(), now() + make_interval(secs => $5))`,
    [
      id,
      recipient,
      sealer.seal('mail', id, JSON.stringify({ subject, text })),
      claimedForSeconds,
      seconds,
    ],
    database.url,
  );
  return id;
}

/** Lets the time of its next attempt come. */
const makeDue = (id: string): Promise<object[]> =>
  inDatabase('UPDATE outgoing_mails SET next_attempt_at = now() WHERE id = $1', [id], database.url);

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

  beforeAll(async () => {
    const url = await mailServer.start();
    await start({ SMTP_URL: url, KEYCAP_MAIL_FROM: FROM }, 2);
  });
  afterAll(async () => {
    await stop();
    await mailServer.stop();
  });
  afterEach(() => {
    mailServer.refuse(null);
    mailServer.received.splice(0);
  });

  it('is sent once, by whichever of the servers, and then erased', async () => {
    const recipients = Array.from({ length: 10 }, (_, index) => `p${String(index)}@keycap.test`);
    const ids = await Promise.all(recipients.map((recipient) => post(recipient)));
    const rows = await Promise.all(ids.map((id) => untilState(id, 'sent')));
    for (const row of rows) expect(row).toMatchObject({ attempts: 1, is_erased: true });
    expect(mailServer.received.map(({ to }) => to.join()).toSorted()).toEqual(recipients);
    expect(mailServer.received[0]!.raw).toMatch(/^From: Keycap <keycap@keycap\.test>\r\n/m);
  });

  it('has one recipient and no header of others, whatever subject and address say', async () => {
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
    const id = await post('ada@keycap.test');
    const row = await until('the refusal is noted', async () => {
      const now = await rowOf(id);
      return now.last_error !== null && now;
    });
    expect(row).toMatchObject({ state: 'waiting', attempts: 1, is_erased: false, waits: true });
    expect(row.last_error).toContain('no such mailbox');
    mailServer.refuse(null);
    await makeDue(id);
    expect(await untilState(id, 'sent')).toMatchObject({ attempts: 2, last_error: null });
  });

  it('is given up after a final refusal', async () => {
    mailServer.refuse(550);
    const id = await post('nobody@keycap.test');
    expect(await untilState(id, 'failed')).toMatchObject({ attempts: 1, is_erased: false });
  });

  it('is not lost where its server died while it was sending', async () => {
    const id = await post('ada@keycap.test', { claimedForSeconds: 120 });
    const other = await post('bob@keycap.test');
    await untilState(other, 'sent');
    expect(await rowOf(id)).toMatchObject({ state: 'waiting' });
    await makeDue(id);
    expect(await untilState(id, 'sent')).toMatchObject({ attempts: 2 });
  });
});

describe('mail into a folder', () => {
  let parent: string;
  let folder: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'keycap-mails-'));
    folder = join(parent, 'mails');
    await start({ KEYCAP_MAIL_DIR: folder });
  });
  afterAll(async () => {
    await stop();
    await rm(parent, { recursive: true, force: true });
  });

  it('S10: is a file that its owner alone reads', async () => {
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
    const id = await post('late@keycap.test', { seconds: -1 });
    expect(await untilState(id, 'expired')).toMatchObject({ attempts: 0, is_erased: true });
    expect(await mailsTo('late@keycap.test', folder)).toEqual([]);
  });

  it('fails where it was encrypted under another master secret', async () => {
    const one = await post('ada@keycap.test', { secret: OTHER_SECRET });
    const other = await post('bob@keycap.test');
    await untilState(other, 'sent');
    const { last_error: error } = await untilState(one, 'failed');
    expect(error).toContain('master secret');
  });
});

describe('without mail', () => {
  beforeAll(() => start({}));
  afterAll(stop);

  it('waits in the outbox', async () => {
    const id = await post('ada@keycap.test');
    const dead = await post('bob@keycap.test', { seconds: -1 });
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
