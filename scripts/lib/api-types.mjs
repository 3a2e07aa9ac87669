import { mkdir, writeFile } from 'node:fs/promises';
import { run } from './command.mjs';
import { fromRoot } from './paths.mjs';

/** What has a default may be left out of what is sent. */
const OPTIONS = { defaultNonNullable: false };

/**
 * Writes dist/api/schema.d.ts, what the dashboard knows of the API: the types of the OpenAPI document
 * that the server's compiled code describes itself by.
 */
export async function writeApiTypes() {
  const { default: typesOf, astToString } = await import('openapi-typescript');
  const script = fromRoot('dist/src/api-document.js');
  const document = await run('the API description', process.execPath, [script], Infinity);
  await mkdir(fromRoot('dist/api'), { recursive: true });
  await writeFile(
    fromRoot('dist/api/schema.d.ts'),
    astToString(await typesOf(JSON.parse(document), OPTIONS)),
  );
}
