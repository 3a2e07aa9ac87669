// `npm run signing-key -- list|rotate [--now]|retire <kid>`: the keys that sign access tokens, by
// hand, while the server runs.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { createProgress } = await import('./lib/progress.mjs');
const { setUp } = await import('./lib/set-up.mjs');

await setUp(createProgress(process.stderr));
await import('../dist/bundle/signing-key.js');
