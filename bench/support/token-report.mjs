import { align } from './table.mjs';

const MIB = 1024 * 1024;

const whole = (number) => Math.round(number).toLocaleString('en');
const decimal = (number) => (number === null ? '-' : number.toFixed(1));
const counted = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;
const mebibytes = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;

const SPEED_HEAD = ['', 'tokens', 'per second', 'p50 ms', 'p99 ms', 'max ms'];

const speed = (title, { tokens, perSecond, p50, p99, max }) => [
  title,
  whole(tokens),
  perSecond === null ? '-' : whole(perSecond),
  ...[p50, p99, max].map(decimal),
];

function sizes(title, { partitions, empty, rows, bytes }) {
  return align([
    [title, 'rows', 'size'],
    ...partitions.map((each) => [each.partition, whole(each.rows), mebibytes(each.bytes)]),
    [`all, with ${counted(empty, 'empty partition')}`, whole(rows), mebibytes(bytes)],
  ]);
}

function drop(
  title,
  { periods, rows, attempts, milliseconds, before, during, after, sizes: size },
) {
  const tries = attempts === 1 ? '' : ` at attempt ${attempts}`;
  return [
    title,
    `${counted(periods.length, 'partition')} with ${whole(rows)} rows in ${whole(milliseconds)} ms${tries}; ` +
      `before it the table had ${mebibytes(size.before.bytes)}`,
    '',
    ...align([
      SPEED_HEAD,
      speed('issuing before it', before),
      speed('during it', during),
      speed('after it', after),
    ]),
    '',
    ...sizes('after it', size.after),
  ];
}

/** The whole of what was measured, to be read by people. */
export function showReport({ machine, postgres, options, loaded, issuing, sizes: size, drops }) {
  const { version, ...durable } = postgres;
  const settings = Object.entries(durable).map(([name, value]) => `${name} ${value}`);
  const lines = [
    'Access tokens in partitions by expiry',
    '',
    `${machine.cpu}, ${machine.cores} cores; Node ${machine.node}; PostgreSQL ${version} (${settings.join(', ')})`,
    `${whole(options.issued)} tokens issued by POST /o/token/ over ${options.connections} connections; ` +
      `${whole(loaded)} loaded by INSERT ... SELECT`,
    '',
    ...align([SPEED_HEAD, speed('filling the table', issuing)]),
    '',
    `The empty table: ${mebibytes(size.empty.bytes)} in ${counted(size.empty.empty, 'partition')}.`,
    '',
    ...sizes('The table, filled', size.filled),
    '',
    ...drop(
      `A partition that expired hours ago, with ${whole(options.expired)} loaded rows`,
      drops.expired,
    ),
    '',
    ...drop('The partitions filled first, dropped as if their time had come', drops.issued),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
