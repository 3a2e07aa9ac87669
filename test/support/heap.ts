import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What this process has in memory that is still in use, in bytes. */
export function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
