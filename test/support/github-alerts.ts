import { sign } from 'node:crypto';
import type { Answer } from './keycap.js';
import { newAddress } from './keycap.js';
import { testVariable } from './servers.js';

/** A message as GitHub sends it; what is given here is sent instead. */
export interface SentAlerts {
  readonly text: string;
  readonly keyIdentifier?: string | null;
  readonly signature?: string | null;
  readonly url?: string;
}

export function signatureOf(text: string): string {
  return sign('sha256', Buffer.from(text), testVariable('KEYCAP_TEST_GITHUB_KEY')).toString(
    'base64',
  );
}

export async function sendAlerts<T>({
  text,
  keyIdentifier = 'tests',
  signature = signatureOf(text),
  url = testVariable('KEYCAP_TEST_URL'),
}: SentAlerts): Promise<Answer<T>> {
  const response = await fetch(`${url}/v1/integrations/github/secret-scanning`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': newAddress(),
      ...(keyIdentifier !== null && { 'github-public-key-identifier': keyIdentifier }),
      ...(signature !== null && { 'github-public-key-signature': signature }),
    },
    body: text,
  });
  const answered = await response.text();
  const { status, headers } = response;
  return { status, headers, text: answered, body: JSON.parse(answered) as T };
}
