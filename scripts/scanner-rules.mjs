// `npm run scanner-rules -- gitleaks|trufflehog|github`: rules by which scanners of secrets find keys of
// this deployment's brands (KEYCAP_KEY_BRAND, KEYCAP_FORMER_BRANDS). `GET /v1/key-format` has the same.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { createProgress } = await import('./lib/progress.mjs');
const { setUp } = await import('./lib/set-up.mjs');

await setUp(createProgress(process.stderr));
const { readConfig } = await import('../dist/src/config.js');
const { StartError } = await import('../dist/src/start-error.js');
const { KeyFormat } = await import('../dist/src/api-keys/format/key-format.js');
const { KeyFormatBody } = await import('../dist/src/api-keys/format/key-format.dto.js');

function rulesOfDeployment() {
  try {
    const { keyBrand, formerBrands } = readConfig();
    return KeyFormatBody.of(new KeyFormat(keyBrand, formerBrands)).scanner_rules;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const rules = rulesOfDeployment();
const [scanner] = process.argv.slice(2);
if (!Object.hasOwn(rules, scanner ?? '')) {
  process.stderr.write(`Usage: npm run scanner-rules -- ${Object.keys(rules).join('|')}\n`);
  process.exit(2);
}
const rule = rules[scanner];
process.stdout.write(typeof rule === 'string' ? rule : `${JSON.stringify(rule, null, 2)}\n`);
