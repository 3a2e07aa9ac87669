import { may, must, mustNot, notApplicable, own, should, shouldNot } from '../row.mjs';

export const INTROSPECTION = {
  title: 'Introspection',
  intro: 'What `POST /o/introspect/` says of a token, and to whom.',
  rows: [
    must('IN-01', 'RFC 7662 §2.1, §4', 'A form by POST; GET is 405.'),
    must(
      'IN-02',
      'RFC 7662 §2.1',
      'The caller is a client, a resource server, or a bearer with the scope `introspection`; without a credential it is 401.',
    ),
    must(
      'IN-03',
      'RFC 7662 §2.3',
      'Bad client credentials are 401 `invalid_client` with the Basic challenge, a bad bearer is 401 as RFC 6750 has it.',
    ),
    must('IN-04', 'RFC 7662 §2.2', '`active` is always there and is `true` or `false`.'),
    shouldNot(
      'IN-05',
      'RFC 7662 §2.2',
      'Of a token that does not count for the caller, for whatever reason, 200 `{"active":false}` is all that is said.',
    ),
    must(
      'IN-06',
      'RFC 7662 §4',
      'Active means that signature, begin, end and revocation were looked at, and that the caller may see the token.',
    ),
    must(
      'IN-07',
      'RFC 7662 §2.1',
      'No `token` is 400 `invalid_request`; a wrong hint still finds the token.',
    ),
    may(
      'IN-08',
      'RFC 7662 §2.2',
      "An active answer has the standard's members, its times in whole seconds, and Keycap's own under names of its own.",
    ),
    should(
      'IN-09',
      'RFC 7662 §2.1, §4',
      'Seeing more than its own tokens is a right that a client is given: `introspection`.',
    ),
    mustNot(
      'IN-10',
      'RFC 7662 §4',
      'No cache keeps an answer past the end of its token: answers are `no-store`, and `keycap_cache_seconds` ends with it.',
    ),
    must(
      'IN-11',
      'RFC 7662 §4',
      'Nobody scans for tokens: whoever fails to authenticate too often gets 429.',
    ),
    own(
      'IN-12',
      'RFC 7662 §2.2',
      'What is shown of a token is what it may do by now, and to a resource server of one resource the tokens for it alone.',
    ),
    ...notApplicable('signed introspection answers are not offered yet', [
      must(
        'IN-13',
        'RFC 9701 §4, §5',
        'Who accepts `application/token-introspection+jwt` gets it, signed, with that `typ`.',
      ),
      must(
        'IN-14',
        'RFC 9701 §5',
        'The JWT names issuer, asking resource server and time, and has the answer in `token_introspection`.',
      ),
      must('IN-15', 'RFC 9701 §5', 'Of an inactive token the JWT says that and nothing else.'),
      must('IN-16', 'RFC 9701 §5', 'Only callers that authenticate get a JWT.'),
      must('IN-17', 'RFC 9701 §6, §7', 'The metadata lists the algorithms; RS256 is the default.'),
    ]),
  ],
};
