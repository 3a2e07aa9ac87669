import { notApplicable, own } from '../row.mjs';

export const TRAPS = {
  title: 'Traps of the stack',
  intro:
    'What NestJS, passport-http and passport-http-bearer do as they come, and what Keycap does instead. A test names row T-A1 as "trap A1".',
  rows: [
    own('T-A1', 'CC-01', 'A POST is answered with 201. Here a token comes with 200.'),
    own(
      'T-A2',
      'CC-02, CC-17',
      'ETag and X-Powered-By are sent, cache headers are not. Here it is cache headers alone.',
    ),
    own(
      'T-A3',
      'CA-08, CC-14',
      "A 401 loses its challenge and is the framework's JSON. Here it has the challenge and is OAuth's.",
    ),
    own(
      'T-A4',
      'CA-13',
      'A colon and what follows it is cut off a secret, so that `secret:x` passes for `secret`. Here nothing is.',
    ),
    own('T-A5', 'CA-10', '`XBasicY` passes for `Basic`. Here the scheme is the whole word.'),
    own('T-A6', 'CA-02', 'Percent escapes are left in. Here id and secret are decoded.'),
    own(
      'T-A7',
      'CA-11',
      'Malformed Basic is a bare 401. Here it is `invalid_client` with a challenge.',
    ),
    own(
      'T-A8',
      'TOK-08, TOK-11',
      'Repeated parameters become arrays, brackets objects. Here the ones are refused and the others mere names.',
    ),
    own(
      'T-A9',
      'TOK-04',
      'JSON is read, and multipart arrives as an empty body. Here both are 400 `invalid_request`.',
    ),
    own(
      'T-A10',
      'TOK-05, CC-14',
      "Broken JSON or another character set is the framework's error, with words of its parser. Here it is OAuth's.",
    ),
    own('T-A11', 'TOK-01', 'Another method is 404. Here it is 405 with `Allow`.'),
    own(
      'T-A12',
      'BR-05',
      'A token is taken from the URL and from JSON, even an object in its place. Here it is taken from the header.',
    ),
    own('T-A13', 'BR-04', '`Bearer a b` is 401 without a challenge. Here it has one.'),
    own(
      'T-A14',
      'BR-06',
      'What describes an error goes unescaped into the challenge. Here fixed text does, and nothing else.',
    ),
    ...notApplicable(
      'no request can show it: Keycap parses the header and compares secrets itself',
      [
        own(
          'T-A15',
          '',
          'passport-http uses a deprecated constructor and does not help with comparing.',
        ),
      ],
    ),
  ],
};
