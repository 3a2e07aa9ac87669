import { assembleCast, secretsOf } from './support/oauth-fuzz/cast.js';
import { byExtent, tellSeed } from './support/extent.js';
import { checkInLanes } from './support/oauth-fuzz/lanes.js';
import { type FuzzRequests, requestsOf } from './support/oauth-fuzz/requests.js';
import { Verdicts } from './support/oauth-fuzz/verdicts.js';
import { Wire } from './support/oauth-fuzz/wire.js';
import { Description } from './support/openapi.js';

/** Half of the requests in a quick run: with fewer some answers below would not be seen. */
const TIMES = byExtent({ quick: 0.5, thorough: 1, soak: 10 });

/** Answers that show that requests came through to what lies behind parsing and authentication. */
const REFUSALS = ['400 invalid_request', '401 invalid_client', '405 invalid_request'];
const VIEWERS = [...REFUSALS, '401 invalid_token', '403 insufficient_scope', '403 access_denied'];
const GRANT = ['400 unsupported_grant_type', '400 invalid_scope', '400 invalid_target'];

describe('CC-14 S52: whatever is sent, in JSON and in the words of OAuth', () => {
  const wire = new Wire();
  let requests: FuzzRequests;
  let verdicts: Verdicts;

  beforeAll(async () => {
    tellSeed();
    const [cast, description] = await Promise.all([assembleCast(), Description.of()]);
    requests = requestsOf(cast);
    verdicts = new Verdicts(description, secretsOf(cast));
  });

  afterAll(() => {
    wire.close();
  });

  it.each<[string, keyof FuzzRequests, number, string[]]>([
    [
      'the token endpoint (TOK-01, TOK-04, TOK-05, TOK-06, TOK-07, TOK-12, TOK-14)',
      'token',
      1_700,
      [...REFUSALS, ...GRANT],
    ],
    ['the introspection endpoint (IN-01, IN-02, IN-03)', 'introspection', 1_300, VIEWERS],
    ['introspection of several tokens (IN-01, IN-02)', 'batch', 900, VIEWERS],
    ['the revocation endpoint (RV-01, RV-08)', 'revocation', 900, REFUSALS],
    ['metadata and keys', 'documents', 400, ['400 invalid_request']],
  ])('%s answers (CC-02, CC-13, CC-17)', async (_, name, runs, reached) => {
    verdicts.forget();
    await checkInLanes(requests[name], runs * TIMES, async (request) => {
      const answer = await wire.send(request);
      const complaints = verdicts.complaints(request, answer);
      if (complaints.length > 0) {
        throw new Error(`${complaints.join(', ')}: ${JSON.stringify(answer, null, 2)}`);
      }
    });
    expect([...verdicts.seen]).toEqual(expect.arrayContaining(['200', ...reached]));
  });
});
