import { loadPrograms } from './load-programs.js';

const { plainProgress, serve } = loadPrograms().programs;
await serve(plainProgress);
