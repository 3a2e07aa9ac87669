import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { StartedSessionBody } from '../../src/users/sessions/sessions.dto.js';
import { untilEveryNodeKnows } from './changes.js';
import { send } from './http-client.js';
import { testVariable } from './servers.js';
import { sharedPool } from './shared-pool.js';

/** How a request is sent beside its method and path. */
export interface CallOptions {
  /** A bearer token, or a whole `Authorization` value that begins with `Basic `. */
  readonly as?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>> | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The client's address, by X-Forwarded-For; a new one for each call unless given. */
  readonly from?: string;
  /** The shared server, unless a test started its own. */
  readonly url?: string;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; `undefined` where the answer has none. */
  readonly body: T;
}

/** The `/v1` error body. */
export interface ErrorBody {
  readonly error: string;
  readonly code: string;
  readonly request_id: string;
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

export type Method = 'DELETE' | 'GET' | 'HEAD' | 'PATCH' | 'POST' | 'PUT';

/** One request; throttles count by address, so each comes from one of its own. */
export async function call<T = ErrorBody>(
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<Answer<T>> {
  const { as, body, form, from = newAddress(), url = testVariable('KEYCAP_TEST_URL') } = options;
  const headers: Record<string, string> = { 'x-forwarded-for': from };
  if (as !== undefined) headers.authorization = as.startsWith('Basic ') ? as : `Bearer ${as}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  const formText = form === undefined ? undefined : new URLSearchParams(form).toString();
  const answer = await send(url + path, {
    method,
    headers: { ...headers, ...options.headers },
    body: body === undefined ? (formText ?? null) : JSON.stringify(body),
  });
  const { text } = answer;
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { ...answer, body: (isJson && text !== '' ? JSON.parse(text) : undefined) as T };
}

/** As `call`, for preparing: anything but the expected status fails the test at once. */
export async function ask<T>(
  method: Method,
  path: string,
  options: CallOptions & { readonly expect?: number } = {},
): Promise<T> {
  const { expect: status = 200 } = options;
  const answer = await call<T>(method, path, options);
  if (answer.status !== status) {
    throw new Error(
      `${method} ${path}: ${String(answer.status)} instead of ${String(status)}: ${answer.text}`,
    );
  }
  return answer.body;
}

/** Each of Jest's workers (`maxWorkers`, at most as many) has its part of 10.0.0.0/8. */
const PARTS = 4;
const ADDRESSES_OF_A_PART = 2 ** 24 / PARTS;
const FIRST_OF_PART = (Number(process.env.JEST_WORKER_ID) % PARTS) * ADDRESSES_OF_A_PART;

let lastNumber = 0;

/**
 * An address that no other call has had within the last hour, which is how long throttles count.
 * A worker runs one spec after the other, each with this module anew: the next one goes on where
 * the clock is by then, and none asks for a thousand addresses a second for long.
 */
export function newAddress(): string {
  lastNumber = Math.max(lastNumber + 1, Date.now());
  const address = FIRST_OF_PART + (lastNumber % ADDRESSES_OF_A_PART);
  return `10.${[address >> 16, address >> 8, address].map((byte) => byte & 255).join('.')}`;
}

/** Someone who signed up, and his session. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly session: string;
}

/** What a person is called, where a test minds it. */
interface Called {
  readonly name: string;
  readonly email: string;
}

export interface TestKey {
  readonly id: string;
  readonly plaintext: string;
}

export interface TestClient {
  readonly id: string;
  readonly secret: string;
  /** base64 of `id:secret`. */
  readonly basicCredential: string;
}

export interface TestOrganization {
  readonly id: string;
  readonly slug: string;
  readonly path: string;
  readonly owner: Person;
  /** A further member, made by invitation. */
  member(role: 'admin' | 'member', called?: Partial<Called>): Promise<Person>;
  project(name?: string): Promise<string>;
  apiKey(wanted?: { scopes?: readonly string[]; project_id?: string }): Promise<TestKey>;
  client(wanted?: { scopes?: readonly string[]; project_id?: string }): Promise<TestClient>;
  /** An access token of a new client with these scopes. */
  token(scopes?: readonly string[]): Promise<string>;
}

const PASSWORD = 'a long enough passphrase';

let sharedOwner: Promise<string> | undefined;

/** The session of the owner who set the shared server up. */
function sharedOwnerSession(): Promise<string> {
  sharedOwner ??= ask<StartedSessionBody>('POST', '/v1/sessions', {
    body: {
      email: testVariable('KEYCAP_TEST_OWNER_EMAIL'),
      password: testVariable('KEYCAP_TEST_OWNER_PASSWORD'),
    },
    expect: 201,
  }).then(({ session_token }) => session_token!);
  return sharedOwner;
}

/** A person of his own; he begins as a member of the shared organization. */
export async function newPerson(): Promise<Person> {
  const organizationId = testVariable('KEYCAP_TEST_ORGANIZATION_ID');
  return join(organizationId, await sharedOwnerSession(), 'member');
}

/** An organization of the test's own, with a new owner. */
export async function newOrganization(): Promise<TestOrganization> {
  const owner = await newPerson();
  const { organization } = await ask<{ organization: { id: string; slug: string } }>(
    'POST',
    '/v1/organizations',
    { as: owner.session, body: { name: `Test ${randomText()}` }, expect: 201 },
  );
  const path = `/v1/organizations/${organization.id}`;
  const as = owner.session;
  const client = async (wanted: object = {}): Promise<TestClient> => {
    const made = await ask<{
      oauth_client: { client_id: string };
      client_secret: string;
      basic_credential: string;
    }>('POST', `${path}/oauth-clients`, { as, body: { name: 'Test', ...wanted }, expect: 201 });
    return {
      id: made.oauth_client.client_id,
      secret: made.client_secret,
      basicCredential: made.basic_credential,
    };
  };
  return {
    ...organization,
    path,
    owner,
    member: (role, called) => join(organization.id, as, role, called),
    project: async (name = 'Test') => {
      const body = { organization_id: organization.id, name };
      const made = await ask<{ project: { id: string } }>('POST', '/v1/projects', {
        as,
        body,
        expect: 201,
      });
      return made.project.id;
    },
    apiKey: async (wanted = {}) => {
      const body = { name: 'Test', scopes: ['*'], ...wanted };
      const made = await ask<{ api_key: { id: string }; plaintext_api_key: string }>(
        'POST',
        `${path}/api-keys`,
        { as, body, expect: 201 },
      );
      return { id: made.api_key.id, plaintext: made.plaintext_api_key };
    },
    client,
    token: async (scopes = ['read', 'write']) => {
      const { basicCredential } = await client({ scopes });
      const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
        as: `Basic ${basicCredential}`,
        form: { grant_type: 'client_credentials' },
      });
      return access_token;
    },
  };
}

/** Signs a new person up by an invitation. */
async function join(
  organizationId: string,
  inviter: string,
  role: 'admin' | 'member',
  { name = 'Test person', email = `${randomText()}@keycap.test` }: Partial<Called> = {},
): Promise<Person> {
  const { accept_url } = await ask<{ accept_url: string }>(
    'POST',
    `/v1/organizations/${organizationId}/invitations`,
    { as: inviter, body: { email, role, send_email: false }, expect: 201 },
  );
  const token = accept_url.slice(accept_url.indexOf('#token=') + '#token='.length);
  const accepted = await ask<{ member: { user_id: string }; session_token: string }>(
    'POST',
    '/v1/invitations/accept',
    { body: { token, name, password: PASSWORD } },
  );
  return {
    id: accepted.member.user_id,
    email,
    password: PASSWORD,
    session: accepted.session_token,
  };
}

export function randomText(): string {
  return randomBytes(8).toString('hex');
}

/**
 * Reads or writes a database, the shared server's unless told otherwise, for what no request can show
 * or bring about. What was written, its servers know of.
 */
export async function inDatabase<T extends pg.QueryResultRow>(
  sql: string,
  values: readonly unknown[] = [],
  databaseUrl?: string,
): Promise<T[]> {
  if (databaseUrl === undefined) return statement<T>(sharedPool(), sql, values);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await statement<T>(client, sql, values);
  } finally {
    await client.end();
  }
}

async function statement<T extends pg.QueryResultRow>(
  on: pg.Pool | pg.Client,
  sql: string,
  values: readonly unknown[],
): Promise<T[]> {
  const { rows } = await on.query<T>(sql, [...values]);
  if (!/^\s*(?:SELECT|SHOW)\b/i.test(sql)) {
    await untilEveryNodeKnows(async (query, parameters = []) => {
      const asked = await on.query<pg.QueryResultRow>(query, [...parameters]);
      return asked.rows;
    });
  }
  return rows;
}
