import { fileURLToPath } from 'node:url';
import { startProgram } from './programs.mjs';

const PROGRAM = fileURLToPath(new URL('autocannon-run.mjs', import.meta.url));

/** One round by autocannon. See load.mjs for what it is given and answers. */
export async function loadByAutocannon({ core, ...round }) {
  const program = await startProgram(PROGRAM, round, core);
  return program.answer;
}
