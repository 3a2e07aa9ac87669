import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startServer } from './support/servers.js';

/** A command of the tour, the answer that is printed below it, and what is kept of it. */
interface Stop {
  readonly command: string;
  readonly answer: string;
  /** Variable by the path of its value in the answer. */
  readonly kept: ReadonlyMap<string, string>;
}

/** Members that are new each time. */
const NEW_EACH_TIME = new Set([
  'access_token',
  'aud',
  'basic_credential',
  'client_id',
  'client_secret',
  'exp',
  'hint',
  'iat',
  'iss',
  'jti',
  'key_prefix',
  'last_used_at',
  'nbf',
  'plaintext_api_key',
  'request_id',
  'session_token',
  'sub',
]);

/** The same text for answers that differ in ids, times and secrets alone. */
function comparable(json: string): unknown {
  return JSON.parse(json, (name, value: unknown) => {
    if (NEW_EACH_TIME.has(name) && value !== null) return `<${name}>`;
    if (typeof value !== 'string') return value;
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return '<time>';
    return value.replace(/^([a-z]{3})_[0-9a-z]{26}$/, '<$1>');
  });
}

function tourOf(readme: string): Stop[] {
  const stops = readme.matchAll(
    /```sh\n(curl[^`]+)```\n\n```json\n([^`]+)```(?:\n\n<!-- ([^>]+) -->)?/g,
  );
  return [...stops].map(([, command, answer, kept]) => ({
    command: command!,
    answer: answer!,
    kept: new Map(kept?.split(' ').map((pair) => pair.split('=') as [string, string])),
  }));
}

/** A shell's words: quotes, escapes, line continuation, and variables outside single quotes. */
function wordsOf(command: string, variables: Readonly<Record<string, string>>): string[] {
  const words: string[] = [];
  let word: string | null = null;
  const tokens = command.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\\n|(\s+)|([^\s'"\\]+)/g);
  const expand = (text: string): string =>
    text.replace(/\$([A-Z_]+)/g, (_, name: string) => variables[name]!);
  for (const [, single, double, space, plain] of tokens) {
    if (space !== undefined) {
      if (word !== null) words.push(word);
      word = null;
    }
    const part = double?.replace(/\\(.)/g, '$1') ?? plain;
    const text = single ?? (part === undefined ? undefined : expand(part));
    if (text !== undefined) word = (word ?? '') + text;
  }
  return word === null ? words : [...words, word];
}

/** What curl would do with the options that the tour uses. */
async function curl([program, ...words]: string[]): Promise<string> {
  expect(program).toBe('curl');
  const headers = new Headers();
  let method = 'GET';
  let body: string | null = null;
  let url = '';
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '-X') method = words.shift()!;
    else if (word === '-d') body = words.shift()!;
    else if (word === '-H') {
      const [name, ...value] = words.shift()!.split(': ');
      headers.append(name!, value.join(': '));
    } else {
      expect(word).toMatch(/^http/);
      url = word;
    }
  }
  const answer = await fetch(url, { method, headers, body });
  return answer.text();
}

it("the README's tour gives what the README prints", async () => {
  const tour = tourOf(await readFile(resolve(import.meta.dirname, '../README.md'), 'utf8'));
  expect(tour).toHaveLength(9);
  const server = await startServer();
  try {
    const variables: Record<string, string> = {
      KEYCAP: server.url,
      SETUP_TOKEN: server.setupToken!,
    };
    for (const { command, answer, kept } of tour) {
      const text = await curl(wordsOf(command, variables));
      expect([command, comparable(text)]).toEqual([command, comparable(answer)]);
      for (const [name, path] of kept) {
        const value = path
          .split('.')
          .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], JSON.parse(text));
        variables[name] = String(value);
      }
    }
  } finally {
    await server.stop();
  }
});
