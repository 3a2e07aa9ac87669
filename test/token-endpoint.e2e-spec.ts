import fc from 'fast-check';
import { ask, call, inDatabase, newOrganization, type TestClient } from './support/keycap.js';
import { basic, errorOf, requestToken, type TokenRequest } from './support/token-endpoint.js';

const GRANT = 'grant_type=client_credentials';
const INVALID_REQUEST = '400 invalid_request';

describe('the token endpoint', () => {
  let organization: Awaited<ReturnType<typeof newOrganization>>;
  let client: TestClient;
  let authorization: string;

  beforeAll(async () => {
    organization = await newOrganization();
    client = await organization.client();
    authorization = `Basic ${client.basicCredential}`;
  });

  /** What a request of the client with this body is refused with. */
  const refusal = async (body: string | Uint8Array, more: TokenRequest = {}): Promise<string> =>
    errorOf(await requestToken({ authorization, body, ...more }));

  describe('what it answers', () => {
    it("takes the seed's call word for word (CC-01, CC-02, CC-03, CC-04, CC-05, CC-06, S40, trap A1)", async () => {
      const { status, headers, text, body } = await requestToken({
        authorization: `Basic ${client.basicCredential}`,
        headers: { 'cache-control': 'no-cache' },
        contentType: 'application/x-www-form-urlencoded',
        body: 'grant_type=client_credentials',
      });
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('pragma')).toBe('no-cache');
      expect(body.access_token).toMatch(/^[A-Za-z0-9]{30,}$/);
      expect(text).toBe(
        `{"access_token":"${body.access_token}","expires_in":36000,"token_type":"Bearer","scope":"read write"}`,
      );
    });

    it('CC-16 leaves members out rather than answer null', async () => {
      const scopes = ['read', 'introspection'];
      const { id, secret } = await organization.client({ scopes });
      const as = basic(id, secret);
      const { body } = await requestToken({ authorization: as });
      const introspected = await requestToken<object>({
        authorization: as,
        path: '/o/introspect/',
        body: `token=${body.access_token}`,
      });
      const refused = await requestToken({ authorization: as, body: 'grant_type=password' });
      const answers = [body, introspected.body, refused.body].map((each): unknown[] =>
        Object.values(each),
      );
      expect(answers.map(({ length }) => length > 0)).toEqual([true, true, true]);
      expect(answers.flat().filter((value) => value === null)).toEqual([]);
    });

    it('sends neither ETag, cookie, encoding nor the name of its framework (CC-17, trap A2)', async () => {
      const { headers } = await requestToken({
        authorization,
        headers: { 'accept-encoding': 'gzip, br' },
      });
      const names = ['etag', 'set-cookie', 'content-encoding', 'x-powered-by', 'server'];
      expect(names.map((name) => headers.get(name))).toEqual(names.map(() => null));
    });

    it('issues tokens that read the organization', async () => {
      const { body } = await requestToken({ authorization });
      const answer = await call<{ organization: { id: string } }>('GET', organization.path, {
        as: body.access_token,
      });
      expect([answer.status, answer.body.organization.id]).toEqual([200, organization.id]);
    });

    it('gives each call a token of its own, and both work (CC-12)', async () => {
      const answers = await Promise.all([1, 2].map(() => requestToken({ authorization })));
      const [one, other] = answers.map(({ body }) => body.access_token);
      expect(one).not.toBe(other);
      for (const as of [one, other]) {
        expect((await call('GET', organization.path, { as })).status).toBe(200);
      }
    });

    it('makes tokens of 160 random bits or more and stores a digest alone (CC-11)', async () => {
      const { body } = await requestToken({ authorization });
      expect(body.access_token.length * Math.log2(62)).toBeGreaterThan(160);
      const rows = await inDatabase<{ row: string }>(
        'SELECT t::text AS row FROM access_tokens t WHERE client_id = $1',
        [client.id],
      );
      expect(rows.length).toBeGreaterThan(0);
      const hex = Buffer.from(body.access_token).toString('hex');
      expect(
        rows.filter(({ row }) => row.includes(body.access_token) || row.includes(hex)),
      ).toEqual([]);
    });

    it("says exactly the client's lifetime, and keeps it (CC-04)", async () => {
      const made = await ask<{ oauth_client: { client_id: string }; basic_credential: string }>(
        'POST',
        `${organization.path}/oauth-clients`,
        {
          as: organization.owner.session,
          body: { name: 'Short', token_ttl_seconds: 61 },
          expect: 201,
        },
      );
      const { body } = await requestToken({ authorization: `Basic ${made.basic_credential}` });
      expect(body.expires_in).toBe(61);
      const [row] = await inDatabase<{ seconds: number }>(
        `SELECT extract(epoch FROM expires_at - created_at)::int AS seconds
           FROM access_tokens WHERE client_id = $1`,
        [made.oauth_client.client_id],
      );
      expect(row?.seconds).toBe(61);
    });

    it('serves both slash forms and the alias, byte for byte alike (TOK-02)', async () => {
      const paths = ['/o/token/', '/o/token', '/v1/oauth/token/', '/v1/oauth/token'];
      const shape = /"access_token":"\w+"/;
      const good = await Promise.all(
        paths.map(async (path) => {
          const { status, text } = await requestToken({ authorization, path });
          return `${String(status)} ${text.replace(shape, '"access_token":"..."')}`;
        }),
      );
      expect(new Set(good)).toEqual(
        new Set([
          '200 {"access_token":"...","expires_in":36000,"token_type":"Bearer","scope":"read write"}',
        ]),
      );
      const bad = await Promise.all(
        paths.map(async (path) => {
          const { status, text } = await requestToken({ path });
          return `${String(status)} ${text}`;
        }),
      );
      expect(new Set(bad)).toEqual(
        new Set(['401 {"error":"invalid_client","error_description":"authentication required"}']),
      );
    });
  });

  describe('how it is asked', () => {
    it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
      'TOK-01 refuses %s with 405 and Allow: POST (trap A11)',
      async (method) => {
        const { status, headers, text } = await requestToken({ authorization, method });
        expect([status, headers.get('allow')]).toEqual([405, 'POST']);
        expect(text).toBe(
          method === 'HEAD'
            ? ''
            : '{"error":"invalid_request","error_description":"method not allowed"}',
        );
      },
    );

    it('TOK-01 refuses the other methods whatever the query string says', async () => {
      const path = `/o/token/?client_id=${client.id}&client_secret=${client.secret}&${GRANT}`;
      const { status, headers } = await requestToken({ method: 'GET', path });
      expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    });

    it.each([
      'application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded;charset=UTF-8',
      'Application/X-WWW-Form-URLEncoded; Charset="utf-8"',
    ])('TOK-03 reads forms: %s', async (contentType) => {
      const { status } = await requestToken({ authorization, contentType });
      expect(status).toBe(200);
    });

    it.each([
      ['application/json', '{"grant_type":"client_credentials"}'],
      ['application/json; charset=utf-8', '{broken'],
      ['text/plain', GRANT],
      ['application/xml', '<grant_type>client_credentials</grant_type>'],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nclient_credentials\r\n--x--',
      ],
      ['form', GRANT],
      [null, GRANT],
    ])('TOK-04 refuses any other body: %s (traps A9, A10)', async (contentType, body) => {
      const { status, text } = await requestToken({ authorization, contentType, body });
      expect([status, text]).toEqual([
        400,
        '{"error":"invalid_request","error_description":"send the body as application/x-www-form-urlencoded in UTF-8"}',
      ]);
    });

    it.each(['utf-16', 'iso-8859-1', '"us-ascii"'])(
      'TOK-05 refuses the charset %s (trap A10)',
      async (charset) => {
        const contentType = `application/x-www-form-urlencoded; charset=${charset}`;
        expect(await refusal(GRANT, { contentType })).toBe(INVALID_REQUEST);
      },
    );

    it.each([
      ['a lone percent sign', `${GRANT}&a=%`],
      ['half an escape', `${GRANT}&a=%4`],
      ['no hex digits', `${GRANT}&a=%zz`],
      ['an escape in a name', `${GRANT}&%g1=a`],
      ['escaped bytes that are not UTF-8', `${GRANT}&a=%C3%28`],
      ['half a surrogate pair', `${GRANT}&a=%ED%A0%80`],
      ['raw bytes that are not UTF-8', Buffer.from(`${GRANT}&a=\xff`, 'latin1')],
    ])('TOK-06 refuses %s', async (_, body) => {
      expect(await refusal(body)).toBe(INVALID_REQUEST);
    });

    it.each([`${GRANT}&a=%00`, `${GRANT}&%00=a`, `${GRANT}%00`, `${GRANT}&scope=re%00ad`])(
      'TOK-07 refuses NUL in a parameter: %s',
      async (body) => {
        expect(await refusal(body)).toBe(INVALID_REQUEST);
      },
    );

    it.each([
      ['the same value', `${GRANT}&${GRANT}`],
      ['another value', `${GRANT}&scope=read&scope=write`],
      ['an unknown name', `${GRANT}&colour=red&colour=blue`],
      ['another spelling of the name', `${GRANT}&gr%61nt_type=client_credentials`],
      ['TOK-09 an empty value', `${GRANT}&scope=read&scope=`],
    ])('TOK-08 refuses a repeated parameter: %s (trap A8)', async (_, body) => {
      expect(await refusal(body)).toBe(INVALID_REQUEST);
    });

    it('TOK-09 takes an empty value for none', async () => {
      const { status, body } = await requestToken({ authorization, body: `${GRANT}&scope=` });
      expect([status, body.scope]).toEqual([200, 'read write']);
      expect(await refusal('grant_type=')).toBe(INVALID_REQUEST);
      expect(await refusal('grant_type')).toBe(INVALID_REQUEST);
    });

    it('TOK-10 ignores parameters that it does not know', async () => {
      const { status } = await requestToken({ authorization, body: `${GRANT}&colour=red&&=&x` });
      expect(status).toBe(200);
    });

    it('TOK-11 sees nothing but a name in brackets (trap A8)', async () => {
      const body = `${GRANT}&scope[]=read&scope[x]=write&a[b]=c&__proto__[scope]=x&constructor=y`;
      const answer = await requestToken({ authorization, body });
      expect([answer.status, answer.body.scope]).toEqual([200, 'read write']);
      expect(await refusal('grant_type[]=client_credentials')).toBe(INVALID_REQUEST);
    });

    it.each(['client_id', 'client_secret', 'client_assertion', 'client%5Fsecret'])(
      'TOK-12 refuses %s in the query string, and with it the request',
      async (name) => {
        const path = `/o/token/?${name}=${client.id}`;
        expect(await refusal(GRANT, { path })).toBe(INVALID_REQUEST);
        const all = `/o/token/?client_id=${client.id}&client_secret=${client.secret}&${GRANT}`;
        expect(await refusal('', { path: all, authorization: undefined })).toBe(INVALID_REQUEST);
      },
    );

    it('TOK-13 reads no other parameter there', async () => {
      expect(await refusal('', { path: `/o/token/?${GRANT}` })).toBe(INVALID_REQUEST);
      const { status, body } = await requestToken({
        authorization,
        path: '/o/token/?scope=read&grant_type=password',
      });
      expect([status, body.scope]).toEqual([200, 'read write']);
    });

    it('TOK-14 limits the size of the body and the number of its parameters', async () => {
      const tooLarge = `${GRANT}&a=${'x'.repeat(100 * 1024)}`;
      expect(await refusal(tooLarge)).toBe('413 invalid_request');
      const names = (count: number): string =>
        Array.from({ length: count }, (_, index) => `p${String(index)}=x`).join('&');
      expect(await refusal(`${GRANT}&${names(100)}`)).toBe(INVALID_REQUEST);
      const { status } = await requestToken({ authorization, body: `${GRANT}&${names(99)}` });
      expect(status).toBe(200);
    });
  });

  describe('the grant', () => {
    it.each(['', 'scope=read', 'grant%20type=client_credentials'])(
      'TOK-15 must be named: %s',
      async (body) => {
        expect(await refusal(body)).toBe(INVALID_REQUEST);
      },
    );

    it.each([
      'Client_Credentials',
      'client_credentials%20',
      'client-credentials',
      'authorization_code',
      'toString',
      '__proto__',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ])('TOK-16 is unsupported where it is unknown: %s', async (type) => {
      expect(await refusal(`grant_type=${type}`)).toBe('400 unsupported_grant_type');
    });

    it.each(['password', 'implicit', 'refresh_token'])(
      'TOK-17 %s is not offered (S34)',
      async (type) => {
        const body = `grant_type=${type}&username=ada&password=secret&refresh_token=x`;
        expect(await refusal(body)).toBe('400 unsupported_grant_type');
      },
    );

    it('TOK-20 is looked at after parsing and after the client', async () => {
      const stranger = { authorization: basic(client.id, 'wrong') };
      expect(await refusal(`${GRANT}&${GRANT}`, stranger)).toBe(INVALID_REQUEST);
      expect(await refusal(`${GRANT}&a=%`, stranger)).toBe(INVALID_REQUEST);
      expect(await refusal('', stranger)).toBe('401 invalid_client');
      expect(await refusal('grant_type=password', stranger)).toBe('401 invalid_client');
      expect(await refusal(`${GRANT}&scope=nonsense`, stranger)).toBe('401 invalid_client');
      expect(await refusal('grant_type=password&scope="')).toBe('400 unsupported_grant_type');
    });
  });

  describe('the scope', () => {
    const scopeOf = async (of: TestClient, scope: string): Promise<string> => {
      const body = `${GRANT}&scope=${encodeURIComponent(scope)}`;
      const answer = await requestToken({ authorization: basic(of.id, of.secret), body });
      return answer.status === 200 ? answer.body.scope : errorOf(answer);
    };

    it.each([
      ['a tab', 'read\twrite'],
      ['a line break', 'read\nwrite'],
      ['two spaces', 'read  write'],
      ['a space before it', ' read'],
      ['a space after it', 'read '],
      ['a space alone', ' '],
      ['a comma', 'read,write'],
      ['a quote', 'read"'],
      ['a backslash', 'read\\'],
      ['another alphabet', 'reаd'],
    ])('CC-07 is malformed with %s', async (_, scope) => {
      expect(await scopeOf(client, scope)).toBe('400 invalid_scope');
    });

    it('CC-08 is given as asked, whatever the order, and never narrowed (S39, A22)', async () => {
      expect(await scopeOf(client, 'read')).toBe('read');
      expect(await scopeOf(client, 'write read')).toBe('read write');
      expect(await scopeOf(client, 'read read')).toBe('read');
      expect(await scopeOf(client, 'Read')).toBe('400 invalid_scope');
      expect(await scopeOf(client, 'read api_keys:read')).toBe('400 invalid_scope');
      expect(await scopeOf(client, 'read nonsense')).toBe('400 invalid_scope');
      expect(await scopeOf(client, '*')).toBe('400 invalid_scope');
    });

    it('CC-08 may be a part of what a coarse one stands for', async () => {
      const reader = await organization.client({ scopes: ['read'] });
      expect(await scopeOf(reader, 'members:read')).toBe('members:read');
      expect(await scopeOf(reader, 'members:write')).toBe('400 invalid_scope');
      expect(await scopeOf(reader, 'write')).toBe('400 invalid_scope');
    });

    it('CC-09 is by default all that the client may have, as it is registered (CC-05)', async () => {
      const scopes = ['write', 'api_keys:read', 'jobs:read'];
      const wide = await organization.client({ scopes });
      const { body } = await requestToken({ authorization: basic(wide.id, wide.secret) });
      expect(body.scope).toBe('write api_keys:read jobs:read');
    });

    it('gives no right that it does not name: write does not imply read', async () => {
      const as = await organization.token(['write']);
      expect((await call('GET', organization.path, { as })).status).toBe(403);
      const renamed = await call('PATCH', organization.path, { as, body: { name: 'Renamed' } });
      expect(renamed.status).toBe(200);
    });

    it('does not outlive the scopes of its client', async () => {
      const { id, secret } = await organization.client();
      const { body } = await requestToken({ authorization: basic(id, secret) });
      const narrow = { scopes: ['write'] };
      const path = `${organization.path}/oauth-clients/${id}`;
      await ask('PATCH', path, { as: organization.owner.session, body: narrow });
      const answer = await call('GET', organization.path, { as: body.access_token });
      expect(answer.status).toBe(403);
    });
  });

  describe('errors', () => {
    it('CC-13 are described in the characters of the standard', async () => {
      const bodies = ['', 'grant_type=x"\\%C3%A9', `${GRANT}&scope="\\é`, `${GRANT}&a=%`];
      for (const body of bodies) {
        const answer = await requestToken({ authorization, body });
        expect(Object.keys(answer.body)).toEqual(['error', 'error_description']);
        expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
      }
    });

    it('CC-02 are not stored by any cache', async () => {
      const answers = await Promise.all([
        requestToken({ authorization, body: '' }),
        requestToken({}),
        requestToken({ authorization, method: 'GET' }),
        requestToken({ authorization, contentType: 'text/plain' }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([400, 401, 405, 400]);
      for (const { headers } of answers) {
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('pragma')).toBe('no-cache');
      }
    });

    it('CC-14 are JSON of this dialect whatever is sent, and never the fault of the server', async () => {
      const credentials = fc.constantFrom(
        undefined,
        authorization,
        basic(client.id, 'wrong'),
        'Basic',
        'Basic ====',
        'Bearer x',
        'Digest a=b',
      );
      const piece = fc.oneof(
        fc.constantFrom(
          'grant_type',
          'client_credentials',
          'scope',
          '=',
          '&',
          '%',
          '+',
          '%00',
          '%ff',
        ),
        fc.string({ unit: 'binary', maxLength: 8 }),
      );
      const property = fc.asyncProperty(
        credentials,
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'a/b', null),
        async (shown, body, contentType) => {
          const answer = await requestToken({ authorization: shown, body, contentType });
          if (answer.status === 200) return;
          expect([400, 401]).toContain(answer.status);
          expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
          expect(Object.keys(answer.body)).toEqual(['error', 'error_description']);
          expect(answer.body.error).toMatch(/^[a-z_]+$/);
        },
      );
      await fc.assert(property, { numRuns: 300 });
    });
  });
});
