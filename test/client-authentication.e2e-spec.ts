import {
  call,
  inDatabase,
  newAddress,
  newOrganization,
  type TestClient,
} from './support/keycap.js';
import { exchangeOne, request } from './support/raw-http.js';
import { basic, errorOf, requestToken, seen, type TokenRequest } from './support/token-endpoint.js';

const GRANT = 'grant_type=client_credentials';
const INVALID_REQUEST = '400 invalid_request';
const INVALID_CLIENT = '401 invalid_client';
/** By KEYCAP_LIMIT_CLIENT_SECRET_FAILURES_PER_CLIENT_PER_MINUTE. */
const FAILURES_A_MINUTE = 30;
const ASSERTION =
  'client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c';

describe('client authentication', () => {
  let organization: Awaited<ReturnType<typeof newOrganization>>;
  let client: TestClient;
  let other: TestClient;

  beforeAll(async () => {
    organization = await newOrganization();
    [client, other] = await Promise.all([organization.client(), organization.client()]);
  });

  /** The status, with the error where there is one. */
  const outcome = async (request: TokenRequest): Promise<string> => {
    const answer = await requestToken(request);
    return answer.status === 200 ? '200' : errorOf(answer);
  };
  const withHeader = (authorization: string): Promise<string> => outcome({ authorization });
  const withForm = (form: string, authorization?: string): Promise<string> =>
    outcome({ body: `${GRANT}&${form}`, authorization });
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  /** As a client that escapes every character. */
  const escaped = (text: string): string =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

  describe('by header', () => {
    it('CA-01 takes Basic, CA-10 however it is spelled', async () => {
      const credential = client.basicCredential;
      expect(await withHeader(`Basic ${credential}`)).toBe('200');
      expect(await withHeader(`basic ${credential}`)).toBe('200');
      expect(await withHeader(`BASIC   ${credential}`)).toBe('200');
    });

    it('CA-02 decodes id and secret as forms, after splitting them (trap A6)', async () => {
      const pair = `${escaped(client.id)}:${escaped(client.secret)}`;
      expect(await withHeader(`Basic ${encoded(pair)}`)).toBe('200');
      const colonToo = escaped(`${client.id}:${client.secret}`);
      expect(await withHeader(`Basic ${encoded(colonToo)}`)).toBe(INVALID_CLIENT);
    });

    it('CA-03 makes ids and secrets that no client encodes differently', () => {
      expect(client.id).toMatch(/^[A-Za-z0-9]{40}$/);
      expect(client.secret).toMatch(/^[A-Za-z0-9]{128}$/);
      expect(encodeURIComponent(client.secret)).toBe(client.secret);
      expect(client.basicCredential).toBe(encoded(`${client.id}:${client.secret}`));
    });

    it.each(['Bearer x', 'Bearer', 'Digest username="x"', 'Negotiate x', 'XBasicY', 'Basically x'])(
      'CA-10 refuses another scheme: %s (trap A5)',
      async (header) => {
        expect(await withHeader(header)).toBe(INVALID_CLIENT);
        expect(await withHeader(`${header} ${client.basicCredential}`)).toBe(INVALID_CLIENT);
        expect(await withHeader(`${header}Basic ${client.basicCredential}`)).toBe(INVALID_CLIENT);
      },
    );

    it('CA-10 refuses an access token, however good (CA-07)', async () => {
      const token = await organization.token();
      expect(await withHeader(`Bearer ${token}`)).toBe(INVALID_CLIENT);
      expect(await withHeader(`Bearer ${organization.owner.session}`)).toBe(INVALID_CLIENT);
      const key = await organization.apiKey();
      expect(await outcome({ headers: { 'x-api-key': key.plaintext } })).toBe(INVALID_CLIENT);
      const both = { 'x-api-key': key.plaintext };
      const authorization = `Basic ${client.basicCredential}`;
      expect(await outcome({ authorization, headers: both })).toBe(INVALID_REQUEST);
    });

    it('CA-11 refuses malformed Basic (traps A3, A7)', async () => {
      const pair = `${client.id}:${client.secret}`;
      const malformed = [
        'Basic',
        'Basic ====',
        `Basic ${encoded(client.id)}`,
        `Basic ${pair}`,
        `Basic *${encoded(pair)}`,
        `Basic ${encoded(pair)}=`,
        `Basic ${encoded(pair)} x`,
        `Basic ${encoded(pair)},${encoded(pair)}`,
        `Basic ${Buffer.from(`${client.id}:\xff`, 'latin1').toString('base64')}`,
        `Basic ${encoded(`${client.id}:%zz`)}`,
        `Basic ${encoded(`${client.id}%:${client.secret}`)}`,
      ];
      for (const header of malformed) {
        const answer = await requestToken({ authorization: header });
        expect([header, errorOf(answer)]).toEqual([header, INVALID_CLIENT]);
        expect(answer.headers.get('www-authenticate')).toBe(
          'Basic realm="keycap", charset="UTF-8"',
        );
      }
    });

    it('CA-12 refuses two Authorization headers, even if both are right', async () => {
      const header = `Authorization: Basic ${client.basicCredential}`;
      const type = 'Content-Type: application/x-www-form-urlencoded';
      const { status, body } = await exchangeOne(
        request('POST', '/o/token/', [header, header, type], GRANT),
      );
      expect([status, (JSON.parse(body) as { error: string }).error]).toEqual([
        400,
        'invalid_request',
      ]);
    });

    it('CA-13 compares the whole secret (trap A4)', async () => {
      const { id, secret } = client;
      for (const wrong of [
        `${secret}:`,
        `${secret}:x`,
        `:${secret}`,
        secret.slice(0, -1),
        ` ${secret}`,
      ]) {
        expect(await withHeader(basic(id, wrong))).toBe(INVALID_CLIENT);
      }
      expect(await withHeader(basic(`${id}:${secret}`, secret))).toBe(INVALID_CLIENT);
    });

    it('CA-14 never takes an empty secret, nor none', async () => {
      expect(await withHeader(basic(client.id, ''))).toBe(INVALID_CLIENT);
      expect(await withHeader(basic('', ''))).toBe(INVALID_CLIENT);
      expect(await withForm(`client_id=${client.id}`)).toBe(INVALID_CLIENT);
      expect(await withForm(`client_id=${client.id}&client_secret=`)).toBe(INVALID_CLIENT);
      expect(await withForm(`client_secret=${client.secret}`)).toBe(INVALID_CLIENT);
    });

    it('CA-20 knows no id or secret of other characters (TOK-07)', async () => {
      const { id, secret } = client;
      for (const odd of ['%00', '%0a', '%7f', '%c3%a9', '\0', 'é', '\u2028']) {
        expect(await withHeader(basic(id + odd, secret))).toBe(INVALID_CLIENT);
        expect(await withHeader(basic(id, secret + odd))).toBe(INVALID_CLIENT);
        expect(await withHeader(basic(odd, odd))).toBe(INVALID_CLIENT);
      }
    });
  });

  describe('by form', () => {
    it('CA-04 takes client_id and client_secret', async () => {
      const { id, secret } = client;
      expect(await withForm(`client_id=${id}&client_secret=${secret}`)).toBe('200');
      expect(await withForm(`client_id=${id}&client_secret=${secret}x`)).toBe(INVALID_CLIENT);
      expect(await withForm(`client_id=${other.id}&client_secret=${secret}`)).toBe(INVALID_CLIENT);
    });

    it('CA-05 refuses two methods at once, even if both are right (S36)', async () => {
      const { id, secret, basicCredential } = client;
      const authorization = `Basic ${basicCredential}`;
      expect(await withForm(`client_secret=${secret}`, authorization)).toBe(INVALID_REQUEST);
      expect(await withForm(`client_id=${id}&client_secret=${secret}`, authorization)).toBe(
        INVALID_REQUEST,
      );
      expect(await withForm(ASSERTION, authorization)).toBe(INVALID_REQUEST);
      expect(await withForm(`client_id=${id}&client_secret=${secret}&${ASSERTION}`)).toBe(
        INVALID_REQUEST,
      );
      expect(await withForm('client_secret=', authorization)).toBe('200');
    });

    it('CA-06 takes a client_id beside Basic only where it is the same', async () => {
      const authorization = `Basic ${client.basicCredential}`;
      expect(await withForm(`client_id=${client.id}`, authorization)).toBe('200');
      expect(await withForm('client_id=', authorization)).toBe('200');
      expect(await withForm(`client_id=${other.id}`, authorization)).toBe(INVALID_REQUEST);
    });

    it('CA-07 refuses a method that is not supported', async () => {
      expect(await withForm(ASSERTION)).toBe(INVALID_CLIENT);
      expect(await withForm(`client_id=${client.id}&${ASSERTION}`)).toBe(INVALID_CLIENT);
    });
  });

  describe('that fails', () => {
    const CHALLENGED = {
      status: 401,
      headers: expect.objectContaining({
        'www-authenticate': 'Basic realm="keycap", charset="UTF-8"',
        'cache-control': 'no-store',
        pragma: 'no-cache',
        'content-type': 'application/json; charset=utf-8',
      }) as unknown,
    };

    it('CA-09 always has one challenge (CA-07, CA-08, trap A3)', async () => {
      const answers = await Promise.all([
        requestToken({}),
        requestToken({ authorization: basic('nobody', 'nothing') }),
        requestToken({ authorization: 'Bearer x' }),
        requestToken({ body: `${GRANT}&client_id=nobody&client_secret=nothing` }),
        requestToken({ body: `${GRANT}&${ASSERTION}` }),
      ]);
      for (const answer of answers) {
        expect(seen(answer)).toMatchObject(CHALLENGED);
        expect(answer.body.error).toBe('invalid_client');
      }
      expect(answers.map(({ body }) => body.error_description)).toEqual([
        'authentication required',
        'invalid credentials',
        'invalid credentials',
        'invalid credentials',
        'invalid credentials',
      ]);
    });

    it('CA-16 looks the same whatever is wrong (CA-19, S35, A40)', async () => {
      const change = async (sql: string, of: TestClient): Promise<TestClient> => {
        await inDatabase(sql, [of.id]);
        return of;
      };
      const from = async (sql: string): Promise<TestClient> =>
        change(sql, await organization.client());
      const inAnother = async (sql: string): Promise<TestClient> =>
        change(sql, await (await newOrganization()).client());
      const refused: TestClient[] = [
        { ...client, id: 'x'.repeat(40) },
        { ...client, id: 'nobody' },
        { ...client, secret: other.secret },
        { ...client, secret: 'wrong' },
        await from('UPDATE oauth_client_secrets SET revoked_at = now() WHERE client_id = $1'),
        await from('UPDATE oauth_client_secrets SET expires_at = now() WHERE client_id = $1'),
        await from('UPDATE oauth_clients SET is_active = false WHERE client_id = $1'),
        await from('UPDATE oauth_clients SET deleted_at = now() WHERE client_id = $1'),
        await inAnother(
          `UPDATE organizations SET suspended_at = now()
            WHERE id = (SELECT organization_id FROM oauth_clients WHERE client_id = $1)`,
        ),
        await inAnother(
          `UPDATE organizations SET deleted_at = now()
            WHERE id = (SELECT organization_id FROM oauth_clients WHERE client_id = $1)`,
        ),
      ];
      const expected = seen(await requestToken({ authorization: basic('nobody', 'nothing') }));
      expect(expected).toMatchObject(CHALLENGED);
      for (const { id, secret } of refused) {
        expect(seen(await requestToken({ authorization: basic(id, secret) }))).toEqual(expected);
        const body = `${GRANT}&client_id=${id}&client_secret=${secret}`;
        expect(seen(await requestToken({ body }))).toEqual(expected);
      }
    });

    it('CA-15 too often is 429, for known and unknown clients alike (CC-15)', async () => {
      const limited = {
        status: 429,
        text: expect.stringContaining('temporarily_unavailable') as unknown,
      };
      const [from, elsewhere] = [newAddress(), newAddress()];
      const answers = [];
      for (const id of [client.id, 'nobody']) {
        const authorization = basic(id, 'wrong');
        for (let index = 0; index < FAILURES_A_MINUTE; index++) {
          expect(await outcome({ authorization, from })).toBe(INVALID_CLIENT);
        }
        const answer = await requestToken({ authorization, from });
        answers.push({ ...seen(answer), headers: null });
        expect(answer).toMatchObject(limited);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
        expect(await outcome({ authorization, from: elsewhere })).toBe(INVALID_CLIENT);
      }
      expect(answers[0]).toEqual(answers[1]);

      // The right secret works, there too, and what failed before it is forgotten.
      const authorization = `Basic ${client.basicCredential}`;
      expect(await outcome({ authorization, from })).toBe('200');
      expect(await outcome({ authorization: basic(client.id, 'wrong'), from })).toBe(
        INVALID_CLIENT,
      );
      expect(await outcome({ authorization: `Basic ${other.basicCredential}`, from })).toBe('200');
    });

    it('CA-15 counts no success', async () => {
      const from = newAddress();
      const authorization = `Basic ${client.basicCredential}`;
      const outcomes = new Set<string>();
      for (let index = 0; index < FAILURES_A_MINUTE + 10; index++) {
        outcomes.add(await outcome({ authorization, from }));
      }
      expect(outcomes).toEqual(new Set(['200']));
    });
  });

  it('CA-17 stores no secret, CA-22 takes no id from the caller (S42)', async () => {
    const rows = await inDatabase<{ row: string }>(
      `SELECT concat(c::text, s::text) AS row FROM oauth_clients c
         JOIN oauth_client_secrets s USING (client_id) WHERE client_id = $1`,
      [client.id],
    );
    expect(rows).toHaveLength(1);
    const hex = Buffer.from(client.secret).toString('hex');
    expect(rows.filter(({ row }) => row.includes(client.secret) || row.includes(hex))).toEqual([]);
    expect(client.secret.length * Math.log2(62)).toBeGreaterThan(160);

    const chosen = await call('POST', `${organization.path}/oauth-clients`, {
      as: organization.owner.session,
      body: { name: 'Mine', client_id: organization.owner.id },
    });
    expect([chosen.status, chosen.body.code]).toEqual([400, 'validation_error']);
  });

  it('A65 takes nothing that is stored of a secret', async () => {
    const rows = await inDatabase<{ digest: Buffer; hint: string }>(
      'SELECT digest, hint FROM oauth_client_secrets WHERE client_id = $1',
      [client.id],
    );
    const { digest, hint } = rows[0]!;
    const stored = [
      digest.toString('hex'),
      digest.toString('base64'),
      digest.toString('latin1'),
      hint,
    ];
    for (const each of stored) {
      expect(await withHeader(basic(client.id, encodeURIComponent(each)))).toBe(INVALID_CLIENT);
    }
  });

  it('takes clients at no other place: their credentials are 401 there', async () => {
    const answer = await call('GET', organization.path, { as: `Basic ${client.basicCredential}` });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthorized']);
  });
});
