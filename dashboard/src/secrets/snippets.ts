/** One text for each way of naming the server (scripts/lib/snippets.mjs). */
interface Places {
  readonly http: string;
  readonly httpPort: string;
  readonly https: string;
  readonly httpsPort: string;
}

/** A language, and what sends requests there. */
interface Language {
  readonly language: string;
  readonly variant: string;
}

/** The token request in a language. */
export type TokenSnippet = Language & Places;

/** Any request in a language. */
export interface RequestSnippet extends Language {
  /** By method, with ` body` behind it where there is one. */
  readonly kinds: Readonly<Record<string, Places>>;
  /** How a character of the body is written, if not as it is. */
  readonly escapes: Readonly<Record<string, string>>;
}

/** Of a request, what a snippet needs to know. */
export interface SnippetRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** That the credential is in, and what stands for it. */
  readonly header: readonly [name: string, value: string];
  readonly body: { readonly type: string; readonly text: string } | null;
}

/** As large as the pages that show them, so they come when they are asked for. */
export async function loadTokenSnippets(): Promise<readonly TokenSnippet[]> {
  return (await import('../../../dist/api/snippets.json')).default;
}

/** Likewise. */
export async function loadRequestSnippets(): Promise<readonly RequestSnippet[]> {
  // The types of so long a text say less than this one.
  return (await import('../../../dist/api/request-snippets.json')).default as never;
}

export const nameOf = ({ language, variant }: Language): string =>
  language === variant ? language : `${language}: ${variant}`;

/** @param origin of the server, such as `https://keycap.example.com` */
export function tokenText(snippet: TokenSnippet, origin: string, basicCredential: string): string {
  return filled(snippet, origin, { KEYCAP_BASIC_CREDENTIAL: basicCredential });
}

/** @param origin of the server, such as `https://keycap.example.com` */
export function requestText(
  { kinds, escapes }: RequestSnippet,
  origin: string,
  { method, target, header: [name, value], body }: SnippetRequest,
): string | undefined {
  const kind = kinds[body ? `${method} body` : method];
  const written = [...(body?.text ?? '')].map((character) => escapes[character] ?? character);
  return (
    kind &&
    filled(kind, origin, {
      // The one character of addresses that ends a text in many languages.
      KEYCAP_PATH: target.slice(1).replaceAll("'", '%27'),
      'KEYCAP-HEADER': name,
      KEYCAP_CREDENTIAL: value,
      KEYCAP_BODY: written.join(''),
      KEYCAP_LENGTH: String(new TextEncoder().encode(body?.text).length),
      'application/json': body?.type ?? '',
    })
  );
}

const MARKS = /KEYCAP[-_][A-Z_]+|keycap-host\.invalid|65535|application\/json/g;

/** In one go, so that what is put in is not searched itself. */
function filled(places: Places, origin: string, values: Readonly<Record<string, string>>): string {
  const { protocol, hostname, port } = new URL(origin);
  const texts =
    protocol === 'https:' ? [places.https, places.httpsPort] : [places.http, places.httpPort];
  const all = new Map(
    Object.entries({ ...values, 'keycap-host.invalid': hostname, '65535': port }),
  );
  return (texts[port === '' ? 0 : 1] ?? '').replace(MARKS, (mark) => all.get(mark) ?? mark);
}
