import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

async function sourcesBelow(folder: string): Promise<string[]> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => join(folder, name));
}

it('docs/errors.md lists exactly the codes that the code has', async () => {
  const texts = await Promise.all((await sourcesBelow('src')).map(read));
  const inCode = texts
    .flatMap((text) => [...text.matchAll(/readonly code\b[^=;]*= '([a-z_]+)'/g)])
    .map(([, code]) => code!);
  const documented = [...(await read('docs/errors.md')).matchAll(/^\| (`[^|]+) \|/gm)]
    .flatMap(([, codes]) => codes!.split(', '))
    .map((code) => code.replaceAll('`', '').trim())
    // Made of the state of the invitation or the login.
    .filter((code) => !/^invitation_(?:accepted|expired|revoked)$/.test(code))
    .filter((code) => !/^device_login_(?:delivered|denied|expired)$/.test(code));
  expect(documented.toSorted()).toEqual([...new Set(inCode)].toSorted());
});

it('README, ARCHITECTURE and others name files and folders that exist', async () => {
  for (const document of [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'docs/operations.md',
    'docs/scaling.md',
  ]) {
    const links = [...(await read(document)).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)];
    for (const [, link] of links) {
      const path = join(ROOT, document, '..', link!);
      expect([document, link, existsSync(path)]).toEqual([document, link, true]);
    }
  }
});

it('README has a line for each page of docs/', async () => {
  const pages = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
  const more = (await read('README.md')).split('\n## More\n')[1]!;
  const named = [...more.matchAll(/^- \[docs\/([^\]]+\.md)\]/gm)].map(([, name]) => name!);
  expect(named.toSorted()).toEqual(pages.toSorted());
});
