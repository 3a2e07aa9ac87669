import { must, own, should } from '../row.mjs';

export const CLIENT_CREDENTIALS = {
  title: 'Client credentials: answers and errors',
  intro:
    'What `grant_type=client_credentials` gives, and what every refusal of the endpoint looks like.',
  rows: [
    must('CC-01', 'RFC 6749 §5.1', 'A token comes with status 200, as `application/json`.'),
    must(
      'CC-02',
      'RFC 6749 §5.1; OAuth 2.1 §3.2.3',
      '`Cache-Control: no-store` and `Pragma: no-cache` are on every answer, errors too.',
    ),
    must(
      'CC-03',
      'RFC 6749 §5.1, appendix A.12; RFC 6750 §2.1',
      '`access_token` fits into a header as it is, and `token_type` is `Bearer`.',
    ),
    should(
      'CC-04',
      'RFC 6749 §5.1',
      "`expires_in` is a number: exactly the client's lifetime in seconds, 36000 unless it has another.",
    ),
    must(
      'CC-05',
      'RFC 6749 §3.3, §5.1',
      '`scope` is always there, with spaces between and in one order; a client of `read write` that asks for none gets both.',
    ),
    should('CC-06', 'RFC 6749 §4.4.3', 'No refresh token is issued.'),
    must(
      'CC-07',
      'RFC 6749 §3.3, appendix A.4',
      'Scopes with other characters, or with anything but one space between them, are 400 `invalid_scope`.',
    ),
    must(
      'CC-08',
      'RFC 6749 §3.3, §5.2',
      'Case counts, order does not. One scope beyond the client is 400 `invalid_scope`; nothing is narrowed in silence.',
    ),
    must('CC-09', 'RFC 6749 §3.3', 'Who names no scope gets all that the client may have.'),
    must(
      'CC-10',
      'RFC 6749 §5.2',
      'A client that is known, and may not use the grant, gets 400 `unauthorized_client`.',
    ),
    must('CC-11', 'RFC 6749 §10.10', 'An opaque token holds 160 random bits or more.'),
    own('CC-12', '', 'Two calls give two tokens, and both are good.'),
    must(
      'CC-13',
      'RFC 6749 §5.2',
      "Errors have `error`; their description has the standard's characters and repeats nothing that was sent.",
    ),
    must(
      'CC-14',
      'RFC 6749 §5.2',
      "Whatever is sent, the answer is OAuth's JSON with 400 or 401: no HTML, no framework's error, no 500.",
    ),
    own(
      'CC-15',
      'RFC 6749 §8.5',
      '429 and 503 have `Retry-After` and the JSON error `temporarily_unavailable`.',
    ),
    should('CC-16', 'OAuth 2.1 §3.2.3', 'No member of an answer is null.'),
    own('CC-17', '', 'Neither ETag nor cookie, no compression, no name of a framework.'),
  ],
};
