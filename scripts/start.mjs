// `npm start`: installs and builds what is missing, then becomes the server, so that a signal to
// npm's child reaches it. Plain JavaScript without dependencies, because it runs before they exist.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { createProgress } = await import('./lib/progress.mjs');
const { setUp } = await import('./lib/set-up.mjs');

const progress = createProgress(process.stdout);
await setUp(progress);
// There is no mode switch: users always get what the libraries do in production.
process.env.NODE_ENV = 'production';
const { serve } = await import('../dist/bundle/server.js');
await serve(progress);
