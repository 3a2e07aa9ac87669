import { loadPrograms } from './load-programs.js';

/** For the launcher, which shows the progress of a start in its own way. */
export const { serve } = loadPrograms().programs;
