import { must, own, should } from '../row.mjs';

export const CLIENT_AUTHENTICATION = {
  title: 'Client authentication',
  intro: 'How a client proves who it is, by secret; signed assertions have a table of their own.',
  rows: [
    must('CA-01', 'RFC 6749 §2.3.1', 'Every client with a secret may send it by HTTP Basic.'),
    must(
      'CA-02',
      'RFC 6749 §2.3.1, appendix B; RFC 7617 §2',
      'Basic is split at its first colon; then id and secret are each form-decoded, as UTF-8.',
    ),
    own(
      'CA-03',
      'RFC 6749 appendix B',
      'Ids and secrets consist of letters and digits, so that encoding clients and others send the same bytes.',
    ),
    must(
      'CA-04',
      'RFC 6749 §2.3.1; OAuth 2.1 §2.4.1',
      'Every client with a secret may send it in the body as `client_id` and `client_secret`.',
    ),
    must(
      'CA-05',
      'RFC 6749 §2.3, §5.2',
      'Two methods in one request (Basic, secret in the body, assertion) are 400 `invalid_request`, right or not.',
    ),
    own(
      'CA-06',
      'RFC 6749 §3.2.1',
      'A `client_id` in the body beside Basic names the same client, or the request is 400 `invalid_request`.',
    ),
    must(
      'CA-07',
      'RFC 6749 §5.2',
      'An unknown client, a wrong secret, no credentials and a method that is not supported are `invalid_client`.',
    ),
    must(
      'CA-08',
      'RFC 6749 §5.2',
      'Failing with an `Authorization` header is 401 with a challenge for the scheme that clients use, `Basic`.',
    ),
    own(
      'CA-09',
      'RFC 9110 §11.6.1; RFC 7617 §2',
      'Every `invalid_client` is 401 with one challenge: `Basic realm="keycap", charset="UTF-8"`.',
    ),
    must(
      'CA-10',
      'RFC 6749 §5.2; RFC 9110 §11.1',
      'The scheme counts in any case and as a whole word; Bearer, Digest and lookalikes are 401 `invalid_client`.',
    ),
    must(
      'CA-11',
      'RFC 6749 §5.2',
      'Basic that is not base64, has no colon or is not UTF-8 is 401 `invalid_client`, never a 500.',
    ),
    own(
      'CA-12',
      'RFC 6749 §5.2',
      'Two `Authorization` headers are 400: the second is seen, although Node drops it.',
    ),
    must(
      'CA-13',
      'RFC 7617 §2',
      'A secret is compared as a whole, with every colon in it; a right beginning is not enough.',
    ),
    own(
      'CA-14',
      'RFC 6749 §4.4',
      'An empty secret is never right, and no client gets a token without a credential.',
    ),
    must(
      'CA-15',
      'RFC 6749 §2.3.1',
      'Failures are counted by client and address, known or not: too many are 429 with `Retry-After`, and the right secret still works.',
    ),
    own(
      'CA-16',
      '',
      'Unknown id, wrong or expired secret, disabled client, suspended organization: the same status, headers and body, and as many comparisons.',
    ),
    must(
      'CA-17',
      'RFC 6749 §10.10',
      'Secrets hold more than 160 random bits, are stored as digests alone and compared in constant time.',
    ),
    own(
      'CA-18',
      '',
      'The class of method is held to: a secret (by Basic or body) and an assertion do not stand in for each other.',
    ),
    own(
      'CA-19',
      '',
      'Each live secret works, an expired or revoked one fails as a wrong one; noting its use never costs a token.',
    ),
    must(
      'CA-20',
      'RFC 6749 appendix A.1, A.2',
      'Ids and secrets have printable ASCII characters and no others.',
    ),
    should(
      'CA-21',
      'RFC 9700 §2.5; OAuth 2.1 §2.4',
      'A client may authenticate by key pair instead of a shared secret: `private_key_jwt`.',
    ),
    should(
      'CA-22',
      'RFC 9700 §4.15.1; RFC 9068 §5',
      'Nobody chooses a client id, and none can be the id of a user.',
    ),
  ],
};
