import { may, must, notApplicable, should } from '../row.mjs';

export const JWT_ACCESS_TOKENS = {
  title: 'Audiences and JWT access tokens',
  intro: 'What a token is good for, and what it says of itself where it is a JWT.',
  rows: [
    must(
      'AU-01',
      'RFC 8707 §2',
      '`resource` is an absolute URI without fragment, else 400 `invalid_target`.',
    ),
    must(
      'AU-02',
      'RFC 8707 §2',
      'A resource that nobody registered, or that the client may not use, is 400 `invalid_target`.',
    ),
    may(
      'AU-03',
      'RFC 8707 §2, §2.2',
      'Several resources in one request are answered as documented, by a token or by `invalid_target`.',
    ),
    should('AU-04', 'RFC 8707 §2; RFC 9068 §3', 'The audience is the resource that was asked for.'),
    must(
      'AU-05',
      'RFC 9068 §3',
      'Without `resource` the audience of a JWT is the issuer, and scopes of different resources are 400 `invalid_scope`.',
    ),
    must(
      'AU-06',
      'RFC 9068 §2.1, §4',
      'The header has `typ: at+jwt` and an `alg` that is never `none`; RS256 is there for those who configure it.',
    ),
    must(
      'AU-07',
      'RFC 9068 §2.2, §2.2.3',
      'It has `iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti`; `sub` is the client, and `scope` means something at the audience.',
    ),
    must(
      'AU-08',
      'RFC 9068 §3, §5',
      'A token whose scopes would be ambiguous is not issued; each resource has its own audience.',
    ),
    should(
      'AU-09',
      'RFC 9068 §2.2.2, §2.2.3.1',
      "Keycap's own claims collide with nobody's; roles, groups and entitlements would have the names of SCIM.",
    ),
    ...notApplicable('rich authorization requests are not offered yet', [
      must(
        'AU-10',
        'RFC 9396 §2, §5, §8',
        'Details of unknown type, field or value are 400 `invalid_authorization_details`.',
      ),
      must('AU-11', 'RFC 9396 §7, §9', 'What was granted of them is in the answer and the token.'),
    ]),
  ],
};
