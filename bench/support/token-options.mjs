import { parseArgs } from 'node:util';

const USAGE = `Usage: npm run bench:tokens -- [options]
  --count <n>        tokens in the table before anything is dropped (default 1000000)
  --issued <n>       how many of them the server issues; the rest is loaded by SQL (default: all)
  --expired <n>      tokens of the expired partition, loaded by SQL (default: as --count)
  --connections <n>  kept connections that tokens are issued over (default 32)
  --seconds <n>      how long issuing is watched before and after each drop (default 10)
  --json             the report as JSON
`;
const TEXT_OPTIONS = ['count', 'issued', 'expired', 'connections', 'seconds'];

/** What the command line asks for; ends the process where that can't be understood. */
export function readOptions() {
  const declared = Object.fromEntries(TEXT_OPTIONS.map((name) => [name, { type: 'string' }]));
  try {
    const { values } = parseArgs({ options: { ...declared, json: { type: 'boolean' } } });
    const count = number('count', values.count ?? '1000000');
    return {
      count,
      issued: Math.min(count, number('issued', values.issued ?? String(count))),
      expired: number('expired', values.expired ?? String(count)),
      connections: number('connections', values.connections ?? '32'),
      seconds: number('seconds', values.seconds ?? '10'),
      json: values.json ?? false,
    };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function number(name, text) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number above 0`);
}
