import { must, own } from '../row.mjs';

export const TOKEN_ENDPOINT = {
  title: 'Token endpoint',
  intro: 'How `POST /o/token/` is asked for a token, and what it reads of a request.',
  rows: [
    must(
      'TOK-01',
      'RFC 6749 §3.2; RFC 9110 §15.5.6; RFC 9700 §4.12',
      'Only POST issues. Any other method is 405 with `Allow: POST` and `invalid_request`: no token, no redirect.',
    ),
    own(
      'TOK-02',
      "Django OAuth Toolkit's paths",
      'With and without the slash at its end the path answers itself, since a redirect loses the body.',
    ),
    must(
      'TOK-03',
      'RFC 6749 §4.4.2, appendix B',
      'The body is a form in UTF-8. Its media type may be written in any case and carry `charset=UTF-8`.',
    ),
    must(
      'TOK-04',
      'RFC 6749 §5.2',
      'JSON, multipart, plain text and a body of no stated type are 400 `invalid_request`.',
    ),
    own(
      'TOK-05',
      'RFC 6749 appendix B',
      'A form that declares a character set other than UTF-8 is 400 `invalid_request`.',
    ),
    must(
      'TOK-06',
      'RFC 6749 appendix B, §5.2',
      'Broken percent escapes, and bytes that form no UTF-8, are 400 `invalid_request`.',
    ),
    own(
      'TOK-07',
      'PostgreSQL has no NUL in text',
      'NUL is refused in every parameter (400) and in Basic credentials (401), and is never a 500.',
    ),
    must(
      'TOK-08',
      'RFC 6749 §3.2, §5.2; RFC 8707 §2',
      'A parameter that comes twice is 400 `invalid_request`, whatever its name and values. Only `resource` may repeat.',
    ),
    must(
      'TOK-09',
      'RFC 6749 §3.2',
      'A parameter without a value is one that was not sent; it still counts as a repetition.',
    ),
    must('TOK-10', 'RFC 6749 §3.2', 'Parameters that Keycap has no use for are passed over.'),
    own('TOK-11', '', 'Brackets in a name mean nothing: no form becomes an array or an object.'),
    must(
      'TOK-12',
      'RFC 6749 §2.3.1',
      "A client's credentials in the query string authenticate nobody and are 400 `invalid_request`.",
    ),
    own('TOK-13', 'RFC 6749 §3.2', 'No other parameter is read from the query string.'),
    own(
      'TOK-14',
      '',
      "A body over its limit is 413, more than 100 parameters are 400; both in OAuth's JSON.",
    ),
    must('TOK-15', 'RFC 6749 §5.2', 'No `grant_type` is 400 `invalid_request`.'),
    must(
      'TOK-16',
      'RFC 6749 §5.2, §4.4.2',
      'A `grant_type` that Keycap does not know, to the letter and its case, is 400 `unsupported_grant_type`.',
    ),
    must(
      'TOK-17',
      'RFC 9700 §2.4; OAuth 2.1 §10',
      'The password and implicit grants are not to be had: `unsupported_grant_type`.',
    ),
    must(
      'TOK-18',
      'RFC 6749 §2.3.1, §3.2; RFC 8414 §2',
      'The issuer is https. Plain http starts on loopback alone, or behind a proxy that is declared to end TLS.',
    ),
    must(
      'TOK-19',
      'RFC 9700 §4.13',
      'What a request says of its origin (`X-Forwarded-...`) is believed from configured proxies alone.',
    ),
    own(
      'TOK-20',
      'RFC 6749 §3.2.1, §5.2',
      'The order is: form, repetitions, client, grant, its right to the grant, scope and resource. A stranger learns nothing of a client.',
    ),
  ],
};
