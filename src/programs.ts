import 'reflect-metadata';

/**
 * What is bundled into one file (`scripts/lib/bundle.mjs`). Each program loads what it needs itself: the
 * process that keeps several workers loads no application.
 */
export { plainProgress } from './progress.js';
export { serve } from './server.js';

export const runSigningKey = async (words: readonly string[]): Promise<number> =>
  (await import('./signing-key.js')).runSigningKey(words);

export const apiDocument = async (): Promise<object> =>
  (await import('./api-document.js')).apiDocument();
