import fc from 'fast-check';
import { REPORTS } from '../oauth-endpoints.js';
import { type Pair } from './credentials.js';
import { bytesOf, CANARY, garbled, hostileText, longText } from './texts.js';

const GRANT: Pair = ['grant_type', 'client_credentials'];
const SCOPES = ['organizations:read', 'introspection organizations:read', REPORTS.scope];
const BAD_SCOPES = ['*', 'members:write', 'read  write', ' ', '"', 'organizations:read\t'];
const RESOURCES = [REPORTS.resource, 'https://elsewhere.example.com', 'reports', 'urn:x', 'a#b'];

/** Parameters that a token request consists of, right and wrong, without who asks. */
export const tokenParameters: fc.Arbitrary<readonly Pair[]> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant([GRANT]) },
      { weight: 1, arbitrary: hostileText.map((type): Pair[] => [['grant_type', type]]) },
      { weight: 1, arbitrary: fc.constantFrom<Pair[]>([], [['grant_type', 'password']]) },
    ),
    several('scope', fc.oneof(fc.constantFrom(...SCOPES, ...BAD_SCOPES), hostileText)),
    several('resource', fc.oneof(fc.constantFrom(...RESOURCES), hostileText)),
  )
  .map((parts) => parts.flat());

/** Parameters of a question about, or the revocation of, one of these tokens or of none. */
export function questionParameters(tokens: readonly string[]): fc.Arbitrary<readonly Pair[]> {
  const token = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...tokens) },
    { weight: 3, arbitrary: hostileText },
    { weight: 1, arbitrary: longText },
  );
  return fc
    .tuple(
      fc.oneof(
        { weight: 8, arbitrary: token.map((each): Pair[] => [['token', each]]) },
        { weight: 1, arbitrary: several('token', token) },
      ),
      several('token_type_hint', fc.oneof(fc.constantFrom('access_token', 'jwt'), hostileText)),
    )
    .map((parts) => parts.flat());
}

/** Mostly none, sometimes one, seldom two. */
function several(name: string, values: fc.Arbitrary<string>): fc.Arbitrary<Pair[]> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<Pair[]>([]) },
    { weight: 3, arbitrary: values.map((value): Pair[] => [[name, value]]) },
    {
      weight: 1,
      arbitrary: fc.array(values, { maxLength: 2 }).map((list) => list.map((v): Pair => [name, v])),
    },
  );
}

/** What else may stand in a form; it never makes anyone a client. */
const strayParameter: fc.Arbitrary<Pair> = fc.tuple(
  fc.oneof(
    hostileText,
    fc.constantFrom('client_id', 'client_secret', 'client_assertion', 'client_assertion_type'),
    fc.constantFrom('access_token', 'audience', 'request', 'scope[]', 'a[b]', 'code', 'assertion'),
  ),
  hostileText,
);

/** A form with these parameters and others, however it is spelled; sometimes broken or too large. */
export function formBodies(parameters: readonly Pair[]): fc.Arbitrary<string> {
  const form = fc
    .array(strayParameter, { maxLength: 2, size: 'small' })
    .chain((strays) => fc.shuffledSubarray([...parameters, ...strays], { minLength: 0 }))
    .chain((pairs) => fc.tuple(...pairs.map(spelled)))
    .map((pairs) => pairs.join('&'));
  const whole = fc.tuple(...parameters.map(spelled)).map((pairs) => pairs.join('&'));
  return fc.oneof(
    { weight: 20, arbitrary: whole },
    { weight: 6, arbitrary: form },
    { weight: 2, arbitrary: whole.chain(garbled) },
    { weight: 2, arbitrary: noForm },
    { weight: 1, arbitrary: whole.map((text) => `${text}&${text}`) },
  );
}

const noForm: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', '&', '=', '%', '&&&', '\0', '{"grant_type":"client_credentials"}', '--x--'),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.constantFrom(100, 101, 3_000).map((count) => `${CANARY}=x&`.repeat(count)),
  fc.constantFrom(100, 101, 3_000).map((count) => manyNames(count)),
  fc.constantFrom(8_000, 60_000, 102_399, 102_401).map((size) => CANARY.padEnd(size, 'x')),
);

function manyNames(count: number): string {
  return Array.from({ length: count }, (_, index) => `p${index}=x`).join('&');
}

function spelled([name, value]: Pair): fc.Arbitrary<string> {
  const clean = `${formEncoded(name)}=${formEncoded(value)}`;
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(clean) },
    { weight: 1, arbitrary: fc.constant(`${escaped(name)}=${escaped(value)}`) },
    { weight: 1, arbitrary: fc.constant(bytesOf(`${name}=${value}`)) },
  );
}

const formEncoded = (text: string): string =>
  new URLSearchParams([[text, '']]).toString().slice(0, -1);
const escaped = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** Questions about several tokens, in JSON or in what is meant to be. */
export function batchBodies(tokens: readonly string[]): fc.Arbitrary<string> {
  const token = fc.oneof(fc.constantFrom(...tokens), hostileText);
  const question = fc
    .array(token, { minLength: 1, maxLength: 5 })
    .map((list) => JSON.stringify({ tokens: list }));
  const values = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.jsonValue(), { maxLength: 3 }),
    fc.constantFrom<unknown>(null, 'x', 0, {}, [], [null], [['x']], [{}], [{ toString: 'x' }]),
  );
  return fc
    .oneof(
      { weight: 6, arbitrary: question },
      { weight: 2, arbitrary: question.chain(garbled) },
      { weight: 2, arbitrary: values.map((tokens) => JSON.stringify({ tokens })) },
      {
        weight: 2,
        arbitrary: fc.oneof(
          fc.json(),
          hostileText.map((key) => withKey(key)),
        ),
      },
      { weight: 1, arbitrary: longText.map((text) => JSON.stringify({ tokens: [text] })) },
      { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_JSON) },
      { weight: 1, arbitrary: noForm },
    )
    .map(bytesOf);
}

const withKey = (key: string): string => JSON.stringify({ tokens: ['x'], [key]: key });

const HOSTILE_JSON = [
  `${'{"tokens":'.repeat(40)}[]${'}'.repeat(40)}`,
  '['.repeat(20_000),
  `{"tokens":${'['.repeat(20_000)}`,
  '{"tokens":["x"],"__proto__":{"isAdmin":true}}',
  '{"tokens":["x"],"constructor":{"prototype":{}}}',
  '{"tokens":["x"],"tokens":["y"]}',
  '\ufeff{"tokens":["x"]}',
  '{"tokens":["\\ud800"]}',
  '{"tokens":["\\u0000"]}',
  `{"tokens":[${'"x",'.repeat(100)}"x"]}`,
  `{"tokens":[${'"x",'.repeat(1_001)}"x"]}`,
  '{"tokens":["x"],"n":1e999}',
  `{"tokens":["x"],"n":${'9'.repeat(5_000)}}`,
];
