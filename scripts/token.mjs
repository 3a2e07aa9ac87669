// `npm run token -- operator|resource-server [name]`: a token for internal tooling or for one of the
// host's APIs, and the setting that makes Keycap take it. Only the digest goes into configuration.
import { createHash, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 43 characters of base62 hold 256 bits. */
const LENGTH = 43;
const KINDS = {
  operator: { prefix: 'kco_', variable: 'KEYCAP_OPERATOR_TOKENS' },
  'resource-server': { prefix: 'kcr_', variable: 'KEYCAP_RESOURCE_SERVERS' },
};

const [kind, name = kind] = process.argv.slice(2);
const chosen = Object.hasOwn(KINDS, kind ?? '') ? KINDS[kind] : undefined;
if (chosen === undefined) {
  process.stderr.write('Usage: npm run token -- operator|resource-server [name]\n');
  process.exit(2);
}
const random = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
const token = chosen.prefix + random;
const sha256 = createHash('sha256').update(token).digest('hex');
process.stdout.write(`Token, shown only here:
  ${token}
Makes Keycap take it (further entries go into the same list):
  ${chosen.variable}='${JSON.stringify([{ name, sha256 }])}'
`);
