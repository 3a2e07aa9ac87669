import fc from 'fast-check';
import { type RawAnswer, exchangeOne, request } from './support/raw-http.js';
import { assertionForm, clientAssertion, introspect, REPORTS } from './support/oauth-endpoints.js';
import { GRANTED, registerClients, type RegisteredClients } from './support/registered-clients.js';
import { basic, errorOf, requestToken, type TokenRequest } from './support/token-endpoint.js';

const GRANT = 'grant_type=client_credentials';
const INVALID_REQUEST = '400 invalid_request';
const INVALID_CLIENT = '401 invalid_client';
const RUNS = 50;

/** Any text that a form can hold. */
const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((each) => !each.includes('\0'));
const formEncoded = (each: string): string => new URLSearchParams({ '': each }).toString().slice(1);

describe('a good request with any one', () => {
  let clients: RegisteredClients;
  let authorization: string;

  beforeAll(async () => {
    clients = await registerClients();
    authorization = `Basic ${clients.opaque.basicCredential}`;
  });

  /** `200` with the scope, or the status with the error. */
  const outcome = async (more: TokenRequest): Promise<string> => {
    const answer = await requestToken({ authorization, ...more });
    return answer.status === 200 ? `200 ${answer.body.scope}` : errorOf(answer);
  };
  const always = async <T>(
    values: fc.Arbitrary<T>,
    expected: string,
    requestOf: (value: T) => TokenRequest,
  ): Promise<void> => {
    const property = fc.asyncProperty(values, async (value) => {
      expect(await outcome(requestOf(value))).toBe(expected);
    });
    await fc.assert(property, { numRuns: RUNS, includeErrorInReport: true });
  };
  /** The form with a further parameter before or behind the grant. */
  const withParameter = (parameter: string, isFirst: boolean): TokenRequest => ({
    body: Buffer.from(isFirst ? `${parameter}&${GRANT}` : `${GRANT}&${parameter}`, 'latin1'),
  });

  it('TOK-06 TOK-07 broken escape, byte or NUL is 400, wherever it stands', async () => {
    const broken = fc.constantFrom('%', '%4', '%zz', '%C3%28', '%ED%A0%80', '\xff', '\0', '%00');
    const values = fc.tuple(text.map(formEncoded), broken, fc.boolean(), fc.boolean());
    await always(values, INVALID_REQUEST, ([clean, part, isName, isFirst]) =>
      withParameter(isName ? `${clean}${part}=x` : `x=${clean}${part}`, isFirst),
    );
  });

  it('TOK-08 repeated parameter is 400, whatever it is called', async () => {
    const values = fc.tuple(text.map(formEncoded), text.map(formEncoded), fc.boolean());
    const names = values.filter(([name]) => name !== 'resource');
    await always(names, INVALID_REQUEST, ([name, value, isFirst]) =>
      withParameter(`${name}=&${name}=${value}`, isFirst),
    );
  });

  it('TOK-10 TOK-11 unknown parameter changes nothing, TOK-09 nor does an empty one', async () => {
    const unknown = fc.tuple(
      text.map((name) => `x${name}`),
      text,
    );
    const known = fc.constantFrom('scope', 'resource', 'client_secret', 'client_id');
    const bracketed = fc.constantFrom('scope[]', 'scope[0]', '__proto__[scope]', 'grant_type[a]');
    const values = fc.tuple(
      fc.oneof(unknown, fc.tuple(known, fc.constant('')), fc.tuple(bracketed, text)),
      fc.boolean(),
    );
    await always(values, `200 ${GRANTED}`, ([[name, value], isFirst]) =>
      withParameter(`${formEncoded(name)}=${formEncoded(value)}`, isFirst),
    );
  });

  it('TOK-12 credential in the query string is 400, TOK-13 all else there is not read', async () => {
    const credential = fc.constantFrom('client_id', 'client_secret', 'client%5Fassertion');
    const path = (name: string, value: string): string =>
      `/o/token/?${name}=${formEncoded(value)}&grant_type=password&scope=x`;
    await always(fc.tuple(credential, text), INVALID_REQUEST, ([name, value]) => ({
      path: path(name, value),
    }));
    await always(text, `200 ${GRANTED}`, (value) => ({ path: path('access_token', value) }));
  });

  it('TOK-16 other grant is unsupported', async () => {
    const values = text.filter((each) => each !== '' && each !== 'client_credentials');
    await always(values, '400 unsupported_grant_type', (type) => ({
      body: `grant_type=${formEncoded(type)}`,
    }));
  });

  it('CC-07 CC-08 other scope is invalid, AU-01 AU-02 any other resource too', async () => {
    const scopes = text.filter((each) => each !== '');
    await always(scopes, '400 invalid_scope', (scope) => ({
      body: `${GRANT}&scope=${formEncoded(`organizations:read ${scope}`)}`,
    }));
    await always(scopes, '400 invalid_target', (resource) => ({
      body: `${GRANT}&resource=${formEncoded(REPORTS.resource + resource)}`,
    }));
  });

  it('CA-02 escaping is read, whichever characters it is for', async () => {
    const { id, secret } = clients.opaque;
    const values = fc.array(fc.boolean(), { minLength: 40, maxLength: 200 });
    await always(values, `200 ${GRANTED}`, (isEscaped) => {
      const spelled = (plain: string): string =>
        [...plain]
          .map((each, index) => (isEscaped[index] ? `%${each.charCodeAt(0).toString(16)}` : each))
          .join('');
      return { authorization: basic(spelled(id), spelled(secret)) };
    });
  });

  it('CA-07 CA-13 other secret is 401', async () => {
    const { id, secret } = clients.opaque;
    const end = secret.length;
    const place = fc.oneof(fc.nat(end), fc.constantFrom(0, end));
    const edits = fc.tuple(place, fc.nat(3), fc.string({ maxLength: 3 }));
    const secrets = edits
      .map(([at, length, put]) => secret.slice(0, at) + put + secret.slice(at + length))
      .filter((each) => ![secret].includes(each));
    const spelled = secrets.map(encodeURIComponent);
    await always(spelled, INVALID_CLIENT, (each) => ({ authorization: basic(id, each) }));
  });

  it('CA-05 BR-04 further credential is 400, though both are right', async () => {
    const { opaque, jwt, signing, organization } = clients;
    const secret = `client_id=${opaque.id}&client_secret=${opaque.secret}`;
    const assertion = assertionForm(await clientAssertion(signing.id, signing.pair), 'a=b');
    const key = (await organization.apiKey({ scopes: ['introspection'] })).plaintext;
    const bearer = `Bearer ${await organization.token(['introspection'])}`;
    const { basicCredential } = jwt;
    const doubled: TokenRequest[] = [
      { authorization, body: `token=x&${secret}` },
      { authorization: `Basic ${basicCredential}`, body: `token=x&${secret}` },
      { authorization, body: `token=x&${assertion}` },
      { authorization: undefined, body: `token=x&client_secret=${opaque.secret}&${assertion}` },
      { authorization: bearer, body: `token=x&${secret}` },
      { authorization: bearer, body: `token=x&${assertion}` },
      { authorization, headers: { 'x-api-key': key } },
      { authorization: bearer, headers: { 'x-api-key': key } },
      { authorization: undefined, headers: { 'x-api-key': key }, body: `token=x&${secret}` },
    ];
    const outcomes = doubled.map(async (each) =>
      errorOf(await requestToken({ path: '/o/introspect/', body: 'token=x', ...each })),
    );
    expect(await Promise.all(outcomes)).toEqual(doubled.map(() => INVALID_REQUEST));
    // Naming the client of the token proves nobody, so it is no second credential.
    const named = { body: `token=x&client_id=${opaque.id}` };
    expect((await introspect(bearer, 'x', named)).text).toBe('{"active":false}');
  });
});

describe('what is no HTTP is refused at /o as everything is there', () => {
  const oauth = (body: object): Partial<RawAnswer> => ({
    headers: expect.objectContaining({ 'cache-control': 'no-store', pragma: 'no-cache' }),
    body: JSON.stringify(body),
  });

  it('S47 CONNECT, and a method in small letters (CC-14)', async () => {
    const error = 'invalid_request';
    expect(await exchangeOne(request('CONNECT', '/o/token/'))).toMatchObject({
      status: 405,
      ...oauth({ error, error_description: 'method not allowed' }),
    });
    expect(await exchangeOne(request('post', '/o/token/'))).toMatchObject({
      status: 400,
      ...oauth({ error, error_description: 'the request is not valid HTTP' }),
    });
  });

  it('A54 HEAD gets no body, also where it can not be read', async () => {
    for (const header of [`X-Large: ${'x'.repeat(9_000)}`, 'X-Odd: \0']) {
      const answer = await exchangeOne(request('HEAD', '/o/token/', [header]));
      expect([answer.status >= 400, answer.body]).toEqual([true, '']);
    }
  });
});
