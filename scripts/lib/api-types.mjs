import { mkdir, writeFile } from 'node:fs/promises';
import { compile } from './bundle.mjs';
import { fromRoot } from './paths.mjs';

/** What has a default may be left out of what is sent. */
const OPTIONS = { defaultNonNullable: false };

/**
 * Writes what the dashboard knows of the API, out of the OpenAPI document that the server's compiled code
 * describes itself by: its types as dist/api/schema.d.ts, and what the audit record can hold, which
 * is a list to choose from, as dist/api/audit-actions.json.
 */
export async function writeApiTypes() {
  const { default: typesOf, astToString } = await import('openapi-typescript');
  const document = JSON.parse(await compile());
  await mkdir(fromRoot('dist/api'), { recursive: true });
  await writeFile(fromRoot('dist/api/schema.d.ts'), astToString(await typesOf(document, OPTIONS)));
  const { action } = document.components.schemas.AuditEventBody.properties;
  await writeFile(fromRoot('dist/api/audit-actions.json'), JSON.stringify(action.enum));
}
