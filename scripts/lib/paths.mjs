import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/** An absolute path from one that is relative to the project. */
export const fromRoot = (path) => fileURLToPath(new URL(path, root));
