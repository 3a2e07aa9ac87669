// `npm run config`: every environment variable with meaning, unit and default, from the table that
// the server reads them by. `--write-env-example` and `--check-env-example`: the same for people who
// start from a file.
import { readFileSync, writeFileSync } from 'node:fs';
import { fromRoot } from './lib/paths.mjs';
import { createProgress } from './lib/progress.mjs';
import { setUp } from './lib/set-up.mjs';

const HEADER = `# Every variable that Keycap reads, with its default. Written by
# \`npm run config -- --write-env-example\` from src/config-variables.ts; a wrong value, or a KEYCAP_
# variable that is not listed here, stops the start with one sentence.
# Keycap reads the environment alone: \`set -a; . ./.env; set +a; npm start\`.
`;

const describe = ({ meaning, unit }) => (unit === null ? meaning : `${meaning} (${unit})`);

function listing(variables) {
  const entries = variables.map((variable) => {
    const { name, fallback } = variable;
    const value = fallback === null || fallback === '' ? 'unset' : fallback;
    return `${name}  default: ${value}\n    ${describe(variable)}\n    Must be ${variable.allowed}.`;
  });
  return `${entries.join('\n\n')}\n`;
}

function envExample(variables) {
  const entries = variables.map(
    (variable) =>
      `\n# ${describe(variable)}\n#${variable.name}=${quoted(variable.fallback ?? '')}\n`,
  );
  return HEADER + entries.join('');
}

/** As both a shell and Docker's env_file read it. */
const quoted = (value) => (/[^\w.:/-]/.test(value) ? `'${value}'` : value);

await setUp(createProgress(process.stderr));
const { VARIABLES } = await import('../dist/src/config-variables.js');
const variables = Object.values(VARIABLES);
const file = fromRoot('.env.example');
const [option] = process.argv.slice(2);
if (option === undefined) {
  process.stdout.write(listing(variables));
} else if (option === '--write-env-example') {
  writeFileSync(file, envExample(variables));
} else if (option === '--check-env-example') {
  if (readFileSync(file, 'utf8') !== envExample(variables)) {
    process.stderr.write('.env.example is stale: npm run config -- --write-env-example\n');
    process.exitCode = 1;
  }
} else {
  process.stderr.write(`Unknown option ${option}.\n`);
  process.exitCode = 2;
}
