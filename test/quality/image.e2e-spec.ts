import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VARIABLES } from '../../src/config-variables.js';
import { ROOT } from './planted-tree.js';

const read = (file: string): string[] =>
  readFileSync(join(ROOT, file), 'utf8')
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

const instructions = read('Dockerfile').map((line) => {
  const [name = '', ...words] = line.trim().split(/\s+/);
  return { name, words };
});
const final = instructions.slice(instructions.map(({ name }) => name).lastIndexOf('FROM'));
const wordsOf = (name: string): string =>
  final.find((instruction) => instruction.name === name)?.words.join(' ') ?? '';

describe('the image', () => {
  it('copies from this repository only what is there and let through', () => {
    const allowed = read('.dockerignore')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const sources = instructions
      .filter(({ name, words }) => name === 'COPY' && !words[0]!.startsWith('--from='))
      .flatMap(({ words }) => words.slice(0, -1));
    expect(sources.toSorted()).toEqual(allowed.toSorted());
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
  });

  it('S55: holds no secret, and lets nothing but its listed files in', () => {
    expect(read('.dockerignore')[0]).toBe('*');
    const set = instructions.filter(({ name }) => ['ENV', 'ARG'].includes(name));
    expect(set.map(({ words }) => words)).toEqual([
      ['NODE_ENV=production', 'HOST=0.0.0.0', 'PORT=3000'],
    ]);
  });

  it('S62: installs by the lockfile and runs no install script', () => {
    const installs = instructions.filter(
      ({ name, words }) => name === 'RUN' && /npm (?:ci|i|install)\b/.test(words.join(' ')),
    );
    expect(installs).toHaveLength(2);
    for (const { words } of installs) expect(words.join(' ')).toMatch(/^npm ci .*--ignore-scripts/);
  });

  it('runs the server itself, as a user without rights, and asks whether it is ready', () => {
    expect(wordsOf('USER')).toBe('node');
    expect(wordsOf('CMD')).toBe('["node", "dist/bundle/main.js"]');
    expect(wordsOf('HEALTHCHECK')).toContain('/health/ready');
  });

  it('S55: compose.yaml refuses to start without its secrets', () => {
    const variables = [
      ...read('compose.yaml')
        .join('\n')
        .matchAll(/\$\{(\w+)(:\?)?/g),
    ];
    const required = variables.filter(([, , refusal]) => refusal === ':?');
    expect(new Set(required.map(([, name]) => name))).toEqual(
      new Set(['POSTGRES_PASSWORD', 'KEYCAP_SECRET', 'KEYCAP_PUBLIC_URL']),
    );
    const optional = variables.filter(([, , refusal]) => refusal === undefined);
    expect(
      optional.map(([, name]) => name).filter((name) => /SECRET$|^POSTGRES/.test(name!)),
    ).toEqual([]);
  });

  it('compose.yaml hands on every variable that a container does not set itself', () => {
    const lines = read('compose.yaml').map((line) => line.trim());
    // The image and the file itself set where the server listens and keeps its data.
    const fixed = ['PORT', 'HOST', 'DATABASE_URL', 'KEYCAP_DATA_DIR'];
    const missing = Object.values(VARIABLES)
      .map(({ name }) => name)
      .filter((name) => !fixed.includes(name))
      .filter((name) => !lines.some((line) => line.startsWith(`${name}: \${${name}:`)));
    expect(missing).toEqual([]);
  });
});
