// `npm run bench:capacity -- --verifications 20000 --uses 1000 ...`: how much of what a load needs, from
// the figures that `npm run bench -- --record` has kept of one machine. `--check` holds the model against
// mixtures that were measured in the same run, and that it was not made of.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { align } from './support/table.mjs';

/** The operations of a load, by the work and the contender whose figures they have. */
const OPERATIONS = {
  verifications: { work: 'V', contender: 'keycap', title: 'keys verified' },
  'cold-verifications': { work: 'C', contender: 'cold', title: 'keys verified for the first time' },
  introspections: { work: 'I', contender: 'keycap', title: 'tokens introspected' },
  tokens: { work: 'T', contender: 'keycap', title: 'tokens issued' },
  uses: { work: 'B', contender: 'key', title: "uses at Keycap's own API" },
  'new-keys': { work: 'K', contender: 'keycap', title: 'keys made' },
};
/** Of a hundred requests of each mixture that was measured. */
const MIXTURES = {
  W: { verifications: 90, uses: 5, tokens: 3, 'new-keys': 2 },
  X: { introspections: 60, tokens: 40 },
};
/**
 * A mixture costs more than its parts measured one by one: of few tokens at a time each has more of a
 * statement to itself, and memory holds more. `--check` shows how much.
 */
const MIXED = 1.5;
/** A process that is never idle answers late. */
const BUSY = 2 / 3;
/** Reads of the log of changes by each process, a second. */
const LOG_READS = 4;
/** Connections of a pool, by default, and the one to the log of changes. */
const CONNECTIONS = 10 + 1;
const SECOND_US = 1e6;

const { values } = parseArgs({
  options: {
    ...Object.fromEntries(
      Object.keys(OPERATIONS).map((name) => [name, { type: 'string', default: '0' }]),
    ),
    nodes: { type: 'string' },
    check: { type: 'boolean', default: false },
    recorded: { type: 'string', default: fromRoot('bench/results/recorded.json') },
  },
});
const recorded = JSON.parse(await readFile(values.recorded, 'utf8'));
process.stdout.write(values.check ? checked() : planned());

/** What one request of an operation costs: processor time (µs) and transactions of PostgreSQL. */
function costOf(operation) {
  const { work, contender } = OPERATIONS[operation];
  const { cost, transactions } = medianOf(work, contender);
  return { cost, transactions };
}

function medianOf(work, name) {
  const { contenders = [] } = recorded.works.find(({ id }) => id === work) ?? {};
  const found = contenders.find((each) => each.name === name);
  if (!found) throw new Error(`${values.recorded} has no ${work}: npm run bench -- --record`);
  return found.median;
}

/** The cost of a load: the sum over its operations, each by its number. */
function sumOf(load) {
  const costs = Object.entries(load)
    .filter(([, number]) => number > 0)
    .map(([operation, number]) => ({ number, ...costOf(operation) }));
  return {
    cost: costs.reduce((sum, { number, cost }) => sum + number * cost, 0),
    transactions: costs.reduce((sum, { number, transactions }) => sum + number * transactions, 0),
  };
}

function planned() {
  const load = Object.fromEntries(
    Object.keys(OPERATIONS).map((operation) => [operation, Number(values[operation])]),
  );
  const { cost: parts, transactions } = sumOf(load);
  const cost = MIXED * parts;
  const least = Math.max(1, Math.ceil(cost / SECOND_US / BUSY));
  const processes = values.nodes === undefined ? least : Number(values.nodes);
  const lines = [
    ['a load of, a second', ''],
    ...Object.entries(load)
      .filter(([, number]) => number > 0)
      .map(([operation, number]) => [`  ${OPERATIONS[operation].title}`, whole(number)]),
    ['needs', ''],
    [
      `  cores of processor time for the servers (the sum of the parts, times ${MIXED})`,
      (cost / SECOND_US).toFixed(2),
    ],
    [`  server processes, each ${Math.round(BUSY * 100)} % busy at most`, whole(least)],
    [`and with ${whole(processes)} of them`, ''],
    ['  busy, of each', `${Math.round((cost / SECOND_US / processes) * 100)} %`],
    ['  transactions of PostgreSQL for requests, a second', whole(transactions)],
    ['  reads of the log of changes, a second', whole(processes * LOG_READS)],
    ['  connections to PostgreSQL, at most', whole(processes * CONNECTIONS)],
  ];
  return `${described()}\n\n${align(lines).join('\n')}\n`;
}

function checked() {
  const lines = Object.entries(MIXTURES).map(([work, mixture]) => {
    const measured = medianOf(work, 'keycap');
    const { cost, transactions } = sumOf(mixture);
    const [expected, written] = [cost / 100, transactions / 100];
    return [
      `${work}: ${Object.entries(mixture)
        .map(([operation, share]) => `${share} % ${operation}`)
        .join(', ')}`,
      whole(expected),
      whole(measured.cost),
      `${Math.round((expected / measured.cost - 1) * 100)} %`,
      `${Math.round(((MIXED * expected) / measured.cost - 1) * 100)} %`,
      written.toFixed(2),
      measured.transactions.toFixed(2),
    ];
  });
  const head = [
    'CPU µs of a request',
    'sum of parts',
    'measured',
    'off by',
    `times ${MIXED}`,
    'pg, sum',
    'pg, measured',
  ];
  return `${described()}\n\n${align([head, ...lines]).join('\n')}\n`;
}

function described() {
  const { machine, began } = recorded;
  return `By figures of ${began.slice(0, 10)}: ${machine.cpu}, Node ${machine.node}, PostgreSQL ${machine.postgres.version}`;
}

function whole(number) {
  return Math.round(number).toLocaleString('en');
}
