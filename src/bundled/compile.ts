import { writeFile } from 'node:fs/promises';
import { loadPrograms } from './load-programs.js';

// For the build: prints the API document, and keeps what was compiled for it, in which most of what a
// start needs has run.
const [cache = ''] = process.argv.slice(2);
const loaded = loadPrograms();
process.stdout.write(JSON.stringify(await loaded.programs.apiDocument()));
await writeFile(cache, loaded.compiled());
