import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fromRoot } from './paths.mjs';

/** What the page puts its own in for. A name below `.invalid` is nobody's (RFC 6761 §6.4). */
const HOST = 'keycap-host.invalid';
const PORT = '65535';
const CREDENTIAL = 'KEYCAP_BASIC_CREDENTIAL';

/** Some languages name scheme and port apart from the host, so there is one text for each case. */
const PLACES = {
  http: `http://${HOST}`,
  httpPort: `http://${HOST}:${PORT}`,
  https: `https://${HOST}`,
  httpsPort: `https://${HOST}:${PORT}`,
};
const OPTIONS = {
  indentCount: 2,
  indentType: 'Space',
  trimRequestBody: true,
  followRedirect: false,
};

/**
 * Writes dist/api/snippets.json: the request for an access token in every language that Postman
 * offers, `[{ language, variant, http, httpPort, https, httpsPort }]`.
 */
export async function writeSnippets() {
  const { default: generators } = await import('postman-code-generators');
  const { default: postman } = await import('postman-collection');
  const convert = promisify(generators.convert);
  const textOf = async (origin, language, variant) => {
    const text = await convert(language, variant, tokenRequest(postman, origin), OPTIONS);
    return withoutEmptyLength(text);
  };
  const snippets = [];
  for (const { key, label, variants } of generators.getLanguageList()) {
    for (const { key: variant } of variants) {
      const snippet = { language: label, variant };
      for (const [place, origin] of Object.entries(PLACES)) {
        snippet[place] = await textOf(origin, key, variant);
      }
      snippets.push(snippet);
    }
  }
  await mkdir(fromRoot('dist/api'), { recursive: true });
  await writeFile(fromRoot('dist/api/snippets.json'), JSON.stringify(snippets));
}

function tokenRequest({ Request }, origin) {
  return new Request({
    url: `${origin}/o/token/`,
    method: 'POST',
    header: [
      { key: 'Authorization', value: `Basic ${CREDENTIAL}` },
      { key: 'Cache-Control', value: 'no-cache' },
      { key: 'Content-Type', value: 'application/x-www-form-urlencoded' },
    ],
    body: { mode: 'urlencoded', urlencoded: [{ key: 'grant_type', value: 'client_credentials' }] },
  });
}

/** The generators set a length of nothing where a library is to find it out by itself. */
function withoutEmptyLength(text) {
  return text
    .split('\n')
    .filter((line) => !/content-length.*(?:""|'')/i.test(line))
    .join('\n');
}
