import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fromRoot } from './paths.mjs';

/** What the page puts its own in for. A name below `.invalid` is nobody's (RFC 6761 §6.4). */
const HOST = 'keycap-host.invalid';
const PORT = '65535';
const BASIC_CREDENTIAL = 'KEYCAP_BASIC_CREDENTIAL';
const PATH = 'KEYCAP_PATH';
const HEADER = 'KEYCAP-HEADER';
const CREDENTIAL = 'KEYCAP_CREDENTIAL';
const BODY = 'KEYCAP_BODY';
const LENGTH = 'KEYCAP_LENGTH';

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

/** What the API is called with, apart from the address; those with a body have one more word. */
const KINDS = ['GET', 'POST', 'POST body', 'PUT body', 'PATCH body', 'DELETE', 'DELETE body'];
/** What is no plain letter in the text of some language. */
const SPECIAL = ['"', '\\', "'", '$', '`', '#', '%', '@', '!', '\n'];
/** Where a generator leaves, or makes of them, what its language does not read. */
const MENDED = {
  'Kotlin/Okhttp': { $: '\\$' },
  'PHP/pecl_http': { '\\': '\\\\', "'": "\\'" },
  'R/httr': { '"': '\\"', "'": "'", '\\': '\\\\' },
  'Ruby/Net::HTTP': { $: '$', '#': '\\#', '!': '!', '`': '`' },
};

/**
 * Writes, in every language that Postman offers, each as `{ language, variant, ... }`:
 *
 *   dist/api/snippets.json          the request for an access token, for each of the `PLACES`
 *   dist/api/request-snippets.json  `kinds`: any request of each of the `KINDS`, for each place;
 *                                   `escapes`: how a character of the body is written, if not as it is
 */
export async function writeSnippets() {
  const { default: generators } = await import('postman-code-generators');
  const { default: postman } = await import('postman-collection');
  const convert = promisify(generators.convert);
  const token = [];
  const requests = [];
  for (const { key, label, variants } of generators.getLanguageList()) {
    for (const { key: variant } of variants) {
      const textOf = async (request) =>
        mendedText(await convert(key, variant, new postman.Request(request), OPTIONS));
      const name = { language: label, variant };
      token.push({ ...name, ...(await inPlaces((origin) => textOf(tokenRequest(origin)))) });
      requests.push({ ...name, ...(await requestsIn(textOf, MENDED[`${label}/${variant}`])) });
    }
  }
  await mkdir(fromRoot('dist/api'), { recursive: true });
  await writeFile(fromRoot('dist/api/snippets.json'), JSON.stringify(token));
  await writeFile(fromRoot('dist/api/request-snippets.json'), JSON.stringify(requests));
}

async function inPlaces(textAt) {
  const texts = {};
  for (const [place, origin] of Object.entries(PLACES)) texts[place] = await textAt(origin);
  return texts;
}

async function requestsIn(textOf, mended) {
  const kinds = {};
  for (const kind of KINDS) {
    kinds[kind] = await inPlaces(async (origin) => {
      const text = await textOf(anyRequest(origin, kind, BODY));
      return text.replace(`Content-Length: ${BODY.length}`, `Content-Length: ${LENGTH}`);
    });
  }
  const escapes = {};
  for (const character of SPECIAL) {
    const probe = anyRequest(PLACES.http, 'POST body', BODY + character + BODY);
    const [, written] = (await textOf(probe)).split(BODY);
    if (written !== character) escapes[character] = written;
  }
  return { kinds, escapes: { ...escapes, ...mended } };
}

function tokenRequest(origin) {
  return {
    url: `${origin}/o/token/`,
    method: 'POST',
    header: [
      { key: 'Authorization', value: `Basic ${BASIC_CREDENTIAL}` },
      { key: 'Cache-Control', value: 'no-cache' },
      { key: 'Content-Type', value: 'application/x-www-form-urlencoded' },
    ],
    body: { mode: 'urlencoded', urlencoded: [{ key: 'grant_type', value: 'client_credentials' }] },
  };
}

/** Its body is a text: of JSON some generators would make something else than what was typed. */
function anyRequest(origin, kind, raw) {
  const [method, hasBody] = kind.split(' ');
  const header = [{ key: HEADER, value: CREDENTIAL }];
  const request = { url: `${origin}/${PATH}`, method, header };
  if (!hasBody) return request;
  header.push({ key: 'Content-Type', value: 'application/json' });
  return { ...request, body: { mode: 'raw', raw } };
}

/**
 * The generators set a length of nothing where a library is to find it out by itself, and let wget
 * send a credential to whoever answers.
 */
function mendedText(text) {
  return text
    .replace(' --no-check-certificate', '')
    .split('\n')
    .filter((line) => !/content-length.*(?:""|'')/i.test(line))
    .join('\n');
}
