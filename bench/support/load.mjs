import { loadByAutocannon } from './autocannon.mjs';
import { OTHER_CORE, processorSeconds, watchCore } from './cores.mjs';
import { installPeers } from './peers.mjs';
import { isWrkHere, loadByWrk } from './wrk.mjs';

/** wrk where it is installed, since it takes least; else the generator that npm installs. */
export const GENERATOR = (await isWrkHere()) ? 'wrk' : 'autocannon';

// It is installed with the peers, which most benches do without.
if (GENERATOR === 'autocannon') await installPeers();

const send = GENERATOR === 'wrk' ? loadByWrk : loadByAutocannon;

/**
 * Sends requests (`{method, path, headers, body}`) from a process on another core, one at a time on
 * each connection, for so many seconds, or each of them `once`.
 *
 * @param pid the process that answers
 * @returns `requests` that were answered, their `rate` a second, `p50` and `p99` (ms), `cost`: processor time of the answering process for
 * one request (µs, null where unknown), `generator`: how busy the generator was, `otherCore`: how busy
 * its core was, with all that runs there (shares of 1)
 * @throws Error where an answer is no success
 */
export async function load(round, pid) {
  const busyCore = watchCore(OTHER_CORE);
  const before = processorSeconds(pid);
  const result = await send({ ...round, core: OTHER_CORE });
  const after = processorSeconds(pid);
  const { requests, seconds, p50, p99, refused, broken, busy } = result;
  // A round of each request once ends with those in flight cut off.
  if (refused > 0 || (broken > 0 && !round.once) || requests === 0) {
    throw new Error(`${refused} of ${requests} answers are no success, ${broken} are missing`);
  }
  const cost = before === null ? null : ((after - before) / requests) * 1e6;
  return {
    requests,
    rate: requests / seconds,
    p50,
    p99,
    cost,
    generator: busy,
    otherCore: busyCore(),
  };
}
