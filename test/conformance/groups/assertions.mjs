import { must, notApplicable, own, should } from '../row.mjs';

export const ASSERTIONS = {
  title: 'Signed client assertions',
  intro: 'How a client proves by `private_key_jwt` who it is.',
  rows: [
    must(
      'PK-01',
      'RFC 7521 §4.2; RFC 7523 §2.2',
      'The type of the assertion is spelled exactly, the assertion is one JWT, and one without the other is 400 `invalid_request`.',
    ),
    must(
      'PK-02',
      'RFC 7523 §3; RFC 7521 §4.2',
      '`iss` and `sub` are the client, and so is a `client_id` in the body; else it is 401 `invalid_client`.',
    ),
    must(
      'PK-03',
      'rfc7523bis; FAPI 2.0',
      "`aud` is Keycap's issuer, as a string and alone. The URL of the token endpoint is not taken.",
    ),
    must(
      'PK-04',
      'RFC 7523 §3',
      '`exp` is needed, lies ahead and by 5 minutes at most; `nbf` and `iat` may be ahead by some seconds, not by more than 60.',
    ),
    own(
      'PK-05',
      'RFC 7523 §3',
      '`jti` is needed and counts once on all replicas together; the second time is 401.',
    ),
    must(
      'PK-06',
      'RFC 7523 §3; RFC 8725 §3.1, §3.10',
      "The client's registered keys verify, and by listed algorithms; never `none`, HMAC or a key from the JWT's header. An unknown `kid` fetches a published set again, at most every 30 seconds.",
    ),
    should(
      'PK-07',
      'rfc7523bis',
      '`typ` is `client-authentication+jwt`, `JWT` or not there; that of an access token is refused.',
    ),
    must(
      'PK-08',
      'RFC 7523 §3.1, §3.2',
      'A client assertion that fails is `invalid_client`. (No grant takes an assertion.)',
    ),
    ...notApplicable('assertions authenticate clients; the grant by assertion is not offered', [
      must(
        'PK-09',
        'RFC 7523 §3.1',
        'Client credentials beside an assertion grant are looked at as well.',
      ),
    ]),
    must('PK-10', 'RFC 7591 §2', 'A client registers `jwks` or `jwks_uri`, not both.'),
  ],
};
