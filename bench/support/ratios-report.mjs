import { align } from './table.mjs';

/** A generator that is busier than this may be what is measured. */
const BUSY = 0.9;

const whole = (number) => Math.round(number).toLocaleString('en');
const decimal = (number, digits) => (number === null ? '-' : number.toFixed(digits));
const percent = (share) => (share === null ? '-' : `${Math.round(share * 100)} %`);

/** The whole of what was measured, to be read by people. */
export function showRatios({ machine, options, works }) {
  const contenders = works.flatMap(({ id, contenders: list }) =>
    list.map((each, index) => contenderLine(index === 0 ? id : '', each)),
  );
  const head = ['', 'a second', 'p50 ms', 'p99 ms', 'CPU µs', 'pg', 'generator', 'its core'];
  const ratios = works.flatMap((work) => work.ratios.map(ratioLine));
  const lines = [
    `${machine.cpu}, ${machine.cores} cores; Node ${machine.node}; PostgreSQL ${machine.postgres.version}, ` +
      `synchronous_commit ${machine.postgres.synchronous_commit}; load from ${machine.generator}`,
    `${options.rounds} rounds of ${options.seconds} s in turn, ${options.connections} connections, ` +
      `${whole(options.credentials)} credentials; ${machine.pinned ? 'each server on the same core, load and PostgreSQL on the other' : 'no core of their own'}`,
    `Load of the machine: ${machine.loadBefore} before, ${machine.loadAfter} after (1 and 5 minutes)`,
    '',
    ...align([['Ratio (medians of the rounds)', 'measured', 'goal', 'aim', ''], ...ratios]),
    '',
    ...align([head, ...contenders]),
    '',
    'CPU µs: processor time of the server for one request. pg: transactions of PostgreSQL for one request.',
    `*: the generator was busier than ${BUSY * 100} %, so the server may be faster than this.`,
    '+: the core of the generator and of PostgreSQL was, so the machine may be what is measured.',
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function ratioLine({ title, measured, goal, aim, isMarked }) {
  const reached = goal === undefined || measured >= goal ? '' : 'missed';
  return [
    title + (isMarked ? ' *' : ''),
    measured.toFixed(2),
    goal === undefined ? '-' : `>= ${goal}`,
    aim === undefined ? '-' : String(aim),
    reached,
  ];
}

function contenderLine(id, { name, median }) {
  const marks = [median.generator > BUSY ? '*' : '', median.otherCore > BUSY ? '+' : ''].join('');
  return [
    `${id.padEnd(2)} ${name} ${marks}`,
    whole(median.rate),
    decimal(median.p50, 2),
    decimal(median.p99, 2),
    decimal(median.cost, 0),
    decimal(median.transactions, 2),
    percent(median.generator),
    percent(median.otherCore),
  ];
}

/** Whether the figure of a contender is held down by the generator. */
export const isGeneratorBound = ({ generator }) => generator !== null && generator > BUSY;
