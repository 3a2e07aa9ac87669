import { load } from './load.mjs';

/** A round before those that count, in which code is compiled and caches fill. */
const WARM_UP_S = 3;

/**
 * Measures contenders in turn, A B C A B C, so that a busy minute of the machine falls upon all of
 * them. A contender is `{name, server, requests}`, or has `requestsOf(round)` where no request may be
 * sent twice; `once` is such a one's.
 *
 * @returns for each name its rounds, in the order in which they were measured
 */
export async function measureInTurn(contenders, { rounds, seconds, connections }, say) {
  const results = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, server, once = false, ...contender } of contenders) {
      const requests = contender.requests ?? (await contender.requestsOf(round));
      const length = round === 0 ? WARM_UP_S : seconds;
      const asked = { url: server.url, requests, connections, seconds: length, once };
      const before = await server.transactions?.();
      const result = await load(asked, server.pid).catch((error) => {
        throw new Error(`${name}: ${error.message}`);
      });
      const after = await server.transactions?.();
      result.transactions = before === undefined ? null : (after - before) / result.requests;
      if (round > 0) results[name].push(result);
      const title = round === 0 ? 'warm-up' : `round ${round} of ${rounds}`;
      say(`${name}, ${title}: ${Math.round(result.rate)} a second`);
    }
  }
  return results;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Medians of a contender's rounds; null where a round doesn't know. */
export function summarize(rounds) {
  const of = (member) => {
    const values = rounds.map((round) => round[member]);
    return values.includes(null) ? null : median(values);
  };
  const members = ['rate', 'p50', 'p99', 'cost', 'transactions', 'generator', 'otherCore'];
  return Object.fromEntries(members.map((member) => [member, of(member)]));
}

/** The median of the rounds' own ratios: what each was beside the other a moment later. */
export function ratio(results, name, other) {
  return median(results[name].map(({ rate }, index) => rate / results[other][index].rate));
}
