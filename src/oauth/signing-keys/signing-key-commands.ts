import {
  JWKS_MAX_AGE_SECONDS,
  KEYS_MAX_AGE_SECONDS,
  PUBLISH_AHEAD_AT_LEAST_SECONDS,
} from './lifetimes.js';
import { type ListedKey, type MadeKey, type SigningKeyRotation } from './signing-key-rotation.js';

export const USAGE = `Usage: npm run signing-key -- list
       npm run signing-key -- rotate [--now]
       npm run signing-key -- retire <kid>
`;

/** @returns what the operator reads */
type Command = (rotation: SigningKeyRotation) => Promise<string>;

/** What the words of a command line ask for; null where they ask for nothing. */
export function commandOf([verb, ...rest]: readonly string[]): Command | null {
  const [word] = rest;
  if (rest.length > 1) return null;
  if (verb === 'list' && word === undefined) return list;
  if (verb === 'rotate' && word === undefined) return rotate;
  if (verb === 'rotate' && word === '--now') return rotateNow;
  if (verb === 'retire' && word) return (rotation) => retire(rotation, word);
  return null;
}

async function list(rotation: SigningKeyRotation): Promise<string> {
  const heading = ['KID', 'ALG', 'CREATED', 'ACTIVATES', 'STATE'];
  return tableOf([heading, ...(await rotation.list()).map(cellsOf)]);
}

async function rotate(rotation: SigningKeyRotation): Promise<string> {
  return sentenceOf(await rotation.rotate());
}

async function rotateNow(rotation: SigningKeyRotation): Promise<string> {
  return `${sentenceOf(await rotation.rotate(PUBLISH_AHEAD_AT_LEAST_SECONDS))}${NOTICED}`;
}

async function retire(rotation: SigningKeyRotation, kid: string): Promise<string> {
  const successor = await rotation.retire(kid);
  return `Retired ${kid}.\n${successor ? sentenceOf(successor) : ''}${NOTICED}${STILL_BELIEVED}`;
}

const NOTICED = `Servers take note within ${KEYS_MAX_AGE_SECONDS} s.\n`;
const STILL_BELIEVED = `APIs that verify by themselves believe its tokens as long as they keep the key set: ${JWKS_MAX_AGE_SECONDS} s, or as they are configured.\n`;

const sentenceOf = ({ kid, activatesAt }: MadeKey): string =>
  `Made ${kid}, which signs from ${timeOf(activatesAt)} on.\n`;

const cellsOf = ({ kid, alg, createdAt, activatesAt, state }: ListedKey): string[] => [
  kid,
  alg,
  timeOf(createdAt),
  timeOf(activatesAt),
  state,
];

/** To the second, in UTC. */
const timeOf = (time: Date): string => time.toISOString().replace(/\.\d+/, '');

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  return lines.map((cells) => `${cells.join('  ').trimEnd()}\n`).join('');
}
