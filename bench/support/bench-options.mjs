import { parseArgs } from 'node:util';

const USAGE = `npm run bench -- [options]

  --work <list>        which of V,I,T,B,W, G (garbage), C (cold cache), K (new keys), X (I and T mixed),
                       separated by commas (default: all)
  --rounds <n>         measured rounds of each contender, one after the other in turn (default 5)
  --seconds <n>        how long a round takes (default 5)
  --connections <n>    kept connections, one request at a time on each (default 32)
  --credentials <n>    distinct keys and tokens (default 10000)
  --alone              Keycap and what is on its own core alone: no better-auth, no oidc-provider
  --json               everything that was measured, as JSON
  --record             keeps the results as bench/results/recorded.json
`;
const NUMBERS = { rounds: 5, seconds: 5, connections: 32, credentials: 10_000 };

/** What the command line asks for; ends the process where that can't be understood. */
export function readOptions(works) {
  const numbers = Object.fromEntries(
    Object.keys(NUMBERS).map((name) => [name, { type: 'string' }]),
  );
  const flags = Object.fromEntries(
    ['alone', 'json', 'record'].map((name) => [name, { type: 'boolean', default: false }]),
  );
  try {
    const { values } = parseArgs({ options: { ...numbers, ...flags, work: { type: 'string' } } });
    const given = Object.entries(NUMBERS).map(([name, fallback]) => [
      name,
      number(name, values[name] ?? String(fallback)),
    ]);
    return { ...values, ...Object.fromEntries(given), work: worksOf(values.work, works) };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function worksOf(text, works) {
  if (text === undefined) return works;
  const wanted = text.split(',').map((each) => each.trim().toUpperCase());
  const unknown = wanted.find((each) => !works.includes(each));
  if (unknown !== undefined) throw new Error(`--work ${unknown} is none of ${works.join(',')}`);
  return wanted;
}

function number(name, text) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number above 0`);
}
