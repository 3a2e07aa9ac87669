import fc from 'fast-check';
import { ASSERTION_TYPE } from '../oauth-endpoints.js';
import { basic } from '../token-endpoint.js';
import { type Cast } from './cast.js';
import { forgedJwts } from './jwts.js';
import { headerValue, hostileText, longText } from './texts.js';

export type Pair = readonly [name: string, value: string];

/** How a request says who sends it. */
export interface Shown {
  readonly headers: readonly Pair[];
  /** Parameters of its form. */
  readonly form: readonly Pair[];
  /** Where it may be good: as a client everywhere, to see tokens, or nowhere. */
  readonly opens: 'everything' | 'introspection' | 'nothing';
}

type Opens = Shown['opens'];

const byHeader = (value: string, opens: Opens = 'nothing', name = 'Authorization'): Shown => ({
  headers: [[name, value]],
  form: [],
  opens,
});
const byForm = (form: Readonly<Record<string, string>>, opens: Opens = 'nothing'): Shown => ({
  headers: [],
  form: Object.entries(form),
  opens,
});
/** Only one of the two may reach the server whole. */
const withBoth = (one: Shown, other: Shown): Shown => ({
  headers: [...one.headers, ...other.headers],
  form: [...one.form, ...other.form],
  opens: one.opens === 'everything' ? one.opens : other.opens,
});
const signedBy = (
  assertion: string,
  more: Record<string, string> = {},
): Record<string, string> => ({
  client_assertion_type: ASSERTION_TYPE,
  client_assertion: assertion,
  ...more,
});

/** Credentials of every shape: good, nearly good, forged, doubled, and none. */
export function credentialsOf(cast: Cast): fc.Arbitrary<Shown> {
  const good = goodCredentials(cast);
  return fc.oneof(
    { weight: 10, arbitrary: good },
    { weight: 4, arbitrary: nearlyGoodSecrets(cast) },
    { weight: 3, arbitrary: forgedCredentials(cast) },
    { weight: 2, arbitrary: fc.tuple(good, good).map(([one, other]) => withBoth(one, other)) },
    { weight: 1, arbitrary: nonsense },
    { weight: 1, arbitrary: fc.constant({ headers: [], form: [], opens: 'nothing' }) },
  );
}

function goodCredentials({
  opaque,
  jwt,
  signing,
  assertions,
  viewers,
  apiKey,
  powerless,
}: Cast): fc.Arbitrary<Shown> {
  const clients = fc.constantFrom(opaque, jwt);
  const spelled = fc
    .constantFrom('Basic ', 'basic ', 'BASIC   ')
    .chain((scheme) =>
      clients.map(({ basicCredential }) => byHeader(scheme + basicCredential, 'everything')),
    );
  const escaped = clients.map(({ id, secret }) =>
    byHeader(basic(percentEncoded(id), percentEncoded(secret)), 'everything'),
  );
  const posted = clients.map(({ id, secret }) =>
    byForm({ client_id: id, client_secret: secret }, 'everything'),
  );
  const signed = fc
    .constantFrom(...assertions)
    .chain((assertion) =>
      fc.constantFrom(signedBy(assertion), signedBy(assertion, { client_id: signing.id })),
    )
    .map((form) => byForm(form, 'everything'));
  const bearer = fc.oneof(
    fc.constantFrom(...viewers).map((token) => byHeader(`Bearer ${token}`, 'introspection')),
    fc.constant(byHeader(apiKey, 'introspection', 'X-API-Key')),
    fc.constantFrom(...powerless).map((token) => byHeader(`Bearer ${token}`)),
  );
  return fc.oneof(
    { weight: 4, arbitrary: spelled },
    { weight: 1, arbitrary: escaped },
    { weight: 3, arbitrary: posted },
    { weight: 1, arbitrary: signed },
    { weight: 3, arbitrary: bearer },
  );
}

/** A secret, and what can be wrong with it or around it. */
function nearlyGoodSecrets({ opaque: { id, secret }, stranger }: Cast): fc.Arbitrary<Shown> {
  const pairs = fc.oneof(
    fc.constantFrom<Pair>(
      [id, stranger.secret],
      [stranger.id, secret],
      [id, secret.slice(1)],
      [id, `${secret}:`],
      [id, ''],
      ['', secret],
      [`${id} `, secret],
    ),
    hostileText.map((text): Pair => [id, `${secret.slice(0, -1)}-${text}`]),
    fc.tuple(hostileText, hostileText),
    fc.tuple(fc.constant(id), longText),
  );
  const whole = Buffer.from(`${id}:${secret}`).toString('base64');
  const malformed = fc.constantFrom(
    'Basic',
    `Basic ${whole}=`,
    `Basic ${whole.slice(0, -4)}`,
    `Basic *${whole}`,
    `Basic ${whole} ${whole}`,
    `Basic ${whole}, Bearer x`,
    `Basic ${id}:${secret}`,
    `XBasic ${whole}`,
    `Basic: ${whole}`,
    `Bearer ${whole}`,
    `Digest ${whole}`,
    `"Basic ${whole}"`,
    whole,
  );
  return fc.oneof(
    pairs.map(([name, text]) => byHeader(basic(name, text))),
    pairs.map(([name, text]) => byForm({ client_id: name, client_secret: text })),
    malformed.map((value) => byHeader(value)),
  );
}

/** Tokens, keys and assertions that nobody has issued or signed. */
function forgedCredentials({ genuineJwt, assertions, apiKey, viewers }: Cast): fc.Arbitrary<Shown> {
  const [assertion = ''] = assertions;
  const [, opaqueToken = ''] = viewers;
  const tokens = fc.oneof(
    forgedJwts(genuineJwt),
    hostileText,
    fc.constantFrom(opaqueToken.slice(1), `${opaqueToken}0`, apiKey.slice(0, -1), `${apiKey}0`),
  );
  return fc.oneof(
    tokens.map((token) => byHeader(`Bearer ${token}`.replace(/[^\x20-\x7e]/g, '?'))),
    tokens.map((token) => byHeader(token.replace(/[^\x20-\x7e]/g, '?'), 'nothing', 'X-API-Key')),
    forgedJwts(assertion).map((forged) => byForm(signedBy(forged))),
    hostileText.map((type) => byForm({ ...signedBy(assertion), client_assertion_type: type })),
    fc.constant(byForm({ client_assertion: assertion })),
  );
}

const nonsense: fc.Arbitrary<Shown> = fc.oneof(
  headerValue.map((value) => byHeader(value)),
  headerValue.map((value) => byHeader(value, 'nothing', 'X-API-Key')),
  fc.constantFrom('Bearer', 'Bearer a b', 'Negotiate', 'Basic ====', ',').map((v) => byHeader(v)),
);

function percentEncoded(text: string): string {
  return [...text].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('');
}
