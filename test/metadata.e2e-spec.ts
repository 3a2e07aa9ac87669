import { type ErrorBody, newOrganization, type TestOrganization } from './support/keycap.js';
import { exchangeOne, request } from './support/raw-http.js';

const SENTENCE =
  'metadata must not hold numbers of 1e21 or more or, zero aside, nearer to zero than 1e-7';

describe('numbers in metadata', () => {
  let organization: TestOrganization;
  let as: string;

  beforeAll(async () => {
    organization = await newOrganization();
    as = organization.owner.session;
  });

  const requests = [
    {
      to: 'an organization',
      send: (metadata: string) => ['PATCH', organization.path, `{"metadata":${metadata}}`] as const,
    },
    {
      to: 'a new organization',
      send: (metadata: string) =>
        ['POST', '/v1/organizations', `{"name":"Numbers","metadata":${metadata}}`] as const,
    },
    {
      to: 'a key',
      send: (metadata: string) =>
        [
          'POST',
          `${organization.path}/api-keys`,
          `{"name":"Numbers","scopes":["jobs:read"],"metadata":${metadata}}`,
        ] as const,
    },
  ];

  /** Sent as text, since not every spelling of a number survives being written anew. */
  const answerTo = async (
    send: (typeof requests)[number]['send'],
    metadata: string,
  ): Promise<[number, unknown]> => {
    const [method, path, text] = send(metadata);
    const headers = ['Content-Type: application/json', `Authorization: Bearer ${as}`];
    const { status, body } = await exchangeOne(request(method, path, headers, text));
    return [status, (JSON.parse(body) as ErrorBody).fields];
  };

  it.each(requests)(
    '$to: are refused where writing them out would take pages',
    async ({ send }) => {
      const refused = ['1e300', '-1e300', '1e21', '1e400', '1e-300', '-9.9e-8'];
      for (const number of refused) {
        for (const metadata of [`{"n":${number}}`, `{"a":[1,{"n":${number}}]}`]) {
          expect([metadata, await answerTo(send, metadata)]).toEqual([
            metadata,
            [400, { metadata: [SENTENCE] }],
          ]);
        }
      }
    },
  );

  it.each(requests)('$to: are kept where they are of a usual size', async ({ send }) => {
    const metadata = '{"n":[0,-0,1e-7,-1e-7,0.5,9.9e20,-9.9e20,9007199254740991]}';
    expect((await answerTo(send, metadata))[0]).toBeLessThan(300);
  });
});
