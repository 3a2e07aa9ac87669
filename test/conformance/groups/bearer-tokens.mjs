import { must, notApplicable } from '../row.mjs';

export const BEARER_TOKENS = {
  title: "Access tokens at Keycap's own API",
  intro: 'How `/v1` takes and refuses a bearer token.',
  rows: [
    must(
      'BR-01',
      'RFC 6750 §3, §3.1',
      'No credential is 401 with a `Bearer` challenge that has a realm and no error code.',
    ),
    must(
      'BR-02',
      'RFC 6750 §3.1',
      'A token that is malformed, unknown, expired or revoked is 401 with `error="invalid_token"`.',
    ),
    must(
      'BR-03',
      'RFC 6750 §3.1',
      'Too little scope is 403 with `error="insufficient_scope"` and the scope that it takes.',
    ),
    must('BR-04', 'RFC 6750 §2, §3.1', 'A token beside another credential, or twice, is 400.'),
    must(
      'BR-05',
      'OAuth 2.1 §5.1; RFC 9700 §4.3.2',
      'A token in the query string authenticates nobody, nor does one in the body.',
    ),
    must(
      'BR-06',
      'RFC 6750 §3',
      'Each parameter of the challenge is there once at most, and its value is quoted as it must be.',
    ),
    must('BR-07', 'OAuth 2.1 §5.1.1', '`Bearer` may be written in any case.'),
    must(
      'BR-08',
      'RFC 6750 §2.3; RFC 9111 §3.5',
      'Answers to requests with a token are `no-store`.',
    ),
    must(
      'BR-09',
      'RFC 9728 §5.1',
      'The challenge says where the metadata of the resource is: `resource_metadata`.',
    ),
    ...notApplicable('tokens are not bound to a key or certificate yet', [
      must(
        'BR-10',
        'RFC 9449 §7.2; RFC 8705 §3',
        'A bound token that comes as a plain bearer is 401 `invalid_token`.',
      ),
    ]),
    must(
      'BR-11',
      'RFC 9068 §4; RFC 9700 §2.3',
      'A token that was issued for another audience is 401 `invalid_token`.',
    ),
  ],
};
