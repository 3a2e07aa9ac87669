import { may, must, own } from '../row.mjs';

export const REVOCATION = {
  title: 'Revocation',
  intro: 'How `POST /o/revoke_token/` ends a token before its time.',
  rows: [
    must(
      'RV-01',
      'RFC 7009 §2.1',
      'A form by POST from a client that authenticates as at the token endpoint, by the same rules.',
    ),
    must('RV-02', 'RFC 7009 §2.1; RFC 6749 §5.2', 'No `token` is 400 `invalid_request`.'),
    must(
      'RV-03',
      'RFC 7009 §2, §2.1',
      "The client's own token is 200, and at once inactive at introspection and 401 everywhere else.",
    ),
    must(
      'RV-04',
      'RFC 7009 §2.2',
      'A token that is unknown, garbage, expired or revoked is 200 as well, and nothing tells which.',
    ),
    must(
      'RV-05',
      'RFC 7009 §2.1',
      "Another client's token is 200 without effect: it stays good, and the audit log of an organization that has both has the attempt.",
    ),
    must(
      'RV-06',
      'RFC 7009 §2.1',
      '`token_type_hint` decides nothing: with a wrong or unknown one the token is found all the same.',
    ),
    may(
      'RV-07',
      'RFC 7009 §2.2.1',
      'No kind of text is 400 `unsupported_token_type`: an API key, which is revoked elsewhere, is 200 without effect.',
    ),
    must(
      'RV-08',
      'RFC 7009 §2.1, §2.2.1',
      'A client that fails to authenticate gets 401 `invalid_client`, whatever the token.',
    ),
    must(
      'RV-09',
      'RFC 7009 §2.2.1',
      'Where the revocation cannot be kept the answer is 503 with `Retry-After`, never 200.',
    ),
    must(
      'RV-10',
      'RFC 7009 §2',
      'All access tokens can be revoked, those that are JWTs too. (There are no refresh tokens.)',
    ),
    must(
      'RV-11',
      'RFC 8414 §2',
      'The metadata names the endpoint and the methods by which clients authenticate there.',
    ),
    own(
      'RV-12',
      '',
      'One call ends all tokens of a client, of a secret or of an organization, at a cost that does not grow with their number.',
    ),
  ],
};
