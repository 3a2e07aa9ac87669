// The last part of `npm run build`: the dashboard, by the types of the API that was compiled before.
import { writeApiTypes } from './lib/api-types.mjs';
import { buildDashboard } from './lib/dashboard.mjs';
import { writeSnippets } from './lib/snippets.mjs';

await writeApiTypes();
await writeSnippets();
await buildDashboard();
