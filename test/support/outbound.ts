import { inspect } from 'node:util';
import { type Deployment } from '../../src/http/outbound/acceptable-url.js';

/** Stands in queries and in answers; no error may hold it. */
export const CANARY = 'capy-canary-0123456789';

export const PRODUCTION: Deployment = {
  publicUrl: 'https://keycap.example.com',
  config: { behindTlsProxy: false },
};

export const LAPTOP: Deployment = {
  publicUrl: 'http://localhost:3000',
  config: { behindTlsProxy: false },
};

/** Name and message of what a request ended with; it says nothing of the query or of the answer. */
export async function complaintOf(request: Promise<unknown>): Promise<string> {
  const outcome = await request.catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error(`it was answered with ${inspect(outcome)}`);
  expect(inspect(outcome, { showHidden: true, depth: null })).not.toContain(CANARY);
  expect(outcome.cause).toBeUndefined();
  return `${outcome.name}: ${outcome.message}`;
}
