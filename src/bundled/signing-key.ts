import { loadPrograms } from './load-programs.js';

process.exitCode = await loadPrograms().programs.runSigningKey(process.argv.slice(2));
