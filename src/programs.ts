import 'reflect-metadata';

/** What is bundled into one file (`scripts/lib/bundle.mjs`). */
export { plainProgress } from './progress.js';
export { serve } from './server.js';

export { apiDocument } from './api-document.js';
export { runSigningKey } from './signing-key.js';
