/** The token request in a language; one text for each way of naming the server (scripts/lib/snippets.mjs). */
export interface Snippet {
  readonly language: string;
  readonly variant: string;
  readonly http: string;
  readonly httpPort: string;
  readonly https: string;
  readonly httpsPort: string;
}

const HOST = 'keycap-host.invalid';
const PORT = '65535';
const CREDENTIAL = 'KEYCAP_BASIC_CREDENTIAL';

/** As large as the page that first shows them, so they come when they are asked for. */
export async function loadSnippets(): Promise<readonly Snippet[]> {
  return (await import('../../../dist/api/snippets.json')).default;
}

/** @param origin of the server, such as `https://keycap.example.com` */
export function snippetText(snippet: Snippet, origin: string, basicCredential: string): string {
  const { protocol, hostname, port } = new URL(origin);
  const texts =
    protocol === 'https:' ? [snippet.https, snippet.httpsPort] : [snippet.http, snippet.httpPort];
  return (texts[port === '' ? 0 : 1] ?? '')
    .replaceAll(HOST, hostname)
    .replaceAll(PORT, port)
    .replaceAll(CREDENTIAL, basicCredential);
}
