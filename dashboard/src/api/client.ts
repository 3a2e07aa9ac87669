import createClient from 'openapi-fetch';
import type { paths } from '../../../dist/api/schema';
import { Refusal } from './refusal';

/**
 * The public API by its paths. The session is in a cookie that this page can't read; the browser
 * itself says that the requests are of the same origin.
 */
export const api = createClient<paths>({ credentials: 'same-origin' });

interface Called<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The body of a good answer.
 *
 * @throws Refusal for every other one
 */
export async function answerOf<T>(called: Promise<Called<T>>): Promise<T> {
  const { data, error, response } = await called.catch(() => {
    throw Refusal.ofSilence();
  });
  if (!response.ok) throw Refusal.of(response, error);
  return data as T;
}
