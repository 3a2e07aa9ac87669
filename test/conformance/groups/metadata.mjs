import { must, notApplicable, own, should } from '../row.mjs';

export const METADATA = {
  title: 'Metadata and keys',
  intro: 'What `/.well-known/oauth-authorization-server` and the key set tell to everybody.',
  rows: [
    must(
      'MD-01',
      'RFC 8414 §2',
      'The issuer is https (http on loopback alone) and has neither query nor fragment.',
    ),
    must(
      'MD-02',
      'RFC 8414 §3, §3.1',
      'The document lies between host and path, where the standard has it; the two forms with `/o` are aliases.',
    ),
    must(
      'MD-03',
      'RFC 8414 §3.2, §3.3',
      'GET is 200 `application/json`, and `issuer` in it is the configured one, byte for byte.',
    ),
    must(
      'MD-04',
      'RFC 8414 §2, §3.2',
      '`token_endpoint` is there, and no member is an empty list.',
    ),
    must(
      'MD-05',
      'RFC 8414 §2',
      'Grant types and methods of authentication are always listed: left out, they would mean others.',
    ),
    must(
      'MD-06',
      'RFC 8414 §2',
      '`response_types_supported` is left out: there is no authorization endpoint, and an empty list is not allowed.',
    ),
    must(
      'MD-07',
      'RFC 8414 §2',
      'Algorithms of signed assertions are listed for every endpoint, never `none`, and RS256 only where it is configured.',
    ),
    ...notApplicable('OpenID Connect is not offered', [
      own(
        'MD-08',
        'RFC 9068 §4',
        'The document of OpenID Connect exists with it alone, and says the same.',
      ),
    ]),
    must('MD-09', '', 'What is advertised is what there is, neither more nor less, and is tested.'),
    own(
      'MD-10',
      'RFC 8414 §2; RFC 7517 §4',
      'The key set has public keys alone, each with `kid`, `use` and `alg`, may be cached, has a key before its first use and keeps it while a token needs it.',
    ),
    should(
      'MD-11',
      'practice of RFC 8414',
      'Pages of any origin may read metadata and key set (CORS `*`).',
    ),
    ...notApplicable(
      'none of DPoP, mutual TLS, rich requests, signed introspection is offered yet',
      [
        must(
          'MD-12',
          'RFC 9449 §5.1; RFC 8705 §3.3, §5; RFC 9396 §10',
          'The members of these extensions are there when they are on.',
        ),
      ],
    ),
  ],
};
