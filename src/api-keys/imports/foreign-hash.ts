import { HashNotSupported } from './imports.errors.js';

export const IMPORT_ALGORITHMS = ['sha256', 'sha512', 'bcrypt', 'argon2', 'pbkdf2_sha256'] as const;
export type ImportAlgorithm = (typeof IMPORT_ALGORITHMS)[number];

/** What another system stored of a key. */
export interface ForeignHash {
  readonly algorithm: ImportAlgorithm;
  /** One spelling for each hash: lower-case hexadecimal where it is fast. */
  readonly text: string;
  /** Whether it has a salt, so that it is found by trying alone. */
  readonly isSlow: boolean;
}

/** Longer ones are none. */
const MAX_LENGTH = 512;

const MAX_BCRYPT_COST = 12;
const MAX_ARGON2 = { memoryKib: 64 * 1024, passes: 4, lanes: 4 } as const;
const MAX_PBKDF2_ITERATIONS = 1_500_000;

const PARSERS: Readonly<Record<ImportAlgorithm, (text: string) => ForeignHash>> = {
  sha256: (text) => readDigest('sha256', 32, text),
  sha512: (text) => readDigest('sha512', 64, text),
  bcrypt: readBcrypt,
  argon2: readArgon2,
  pbkdf2_sha256: readPbkdf2,
};

/** @throws HashNotSupported */
export function readForeignHash(algorithm: string, text: string): ForeignHash {
  const known = IMPORT_ALGORITHMS.find((each) => each === algorithm);
  if (!known) throw new HashNotSupported(`algorithm is one of ${IMPORT_ALGORITHMS.join(', ')}`);
  if (text.length > MAX_LENGTH) throw new HashNotSupported('it is too long');
  return PARSERS[known](text);
}

/** Hexadecimal, or base64url without padding, of the whole key. */
function readDigest(algorithm: 'sha256' | 'sha512', length: number, text: string): ForeignHash {
  const encoding = text.length === length * 2 ? 'hex' : 'base64url';
  const bytes = Buffer.from(text, encoding);
  const spelled = encoding === 'hex' ? text.toLowerCase() : text;
  if (bytes.length !== length || bytes.toString(encoding) !== spelled) {
    throw new HashNotSupported(`${algorithm} is ${length} bytes in hexadecimal or base64url`);
  }
  return { algorithm, text: bytes.toString('hex'), isSlow: false };
}

/** Salt and hash in bcrypt's own base64, each with no bits beyond its bytes. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/;

function readBcrypt(text: string): ForeignHash {
  const [, cost] = BCRYPT.exec(text) ?? [];
  if (cost === undefined) throw new HashNotSupported('bcrypt begins with $2a$, $2b$ or $2y$');
  if (Number(cost) < 4 || Number(cost) > MAX_BCRYPT_COST) {
    throw new HashNotSupported(`the cost of bcrypt is 4 to ${MAX_BCRYPT_COST}`);
  }
  return { algorithm: 'bcrypt', text, isSlow: true };
}

/** The PHC string format; neither keyid nor data. */
const ARGON2 =
  /^\$argon2(?:id|i|d)\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d?),p=([1-9]\d?)\$([\w+/]{11,86})\$([\w+/]{22,86})$/;

function readArgon2(text: string): ForeignHash {
  const [, memory, passes, lanes, salt = '', hash = ''] = ARGON2.exec(text) ?? [];
  if (![salt, hash].every(isUnpaddedBase64)) {
    throw new HashNotSupported('argon2 is a PHC string: $argon2id$v=19$m=...,t=...,p=...$...$...');
  }
  const { memoryKib: most, passes: mostPasses, lanes: mostLanes } = MAX_ARGON2;
  const isAffordable =
    Number(memory) <= most && Number(passes) <= mostPasses && Number(lanes) <= mostLanes;
  if (!isAffordable || Number(memory) < 8 * Number(lanes)) {
    throw new HashNotSupported(
      `argon2 takes m to ${most}, t to ${mostPasses} and p to ${mostLanes}`,
    );
  }
  return { algorithm: 'argon2', text, isSlow: true };
}

function isUnpaddedBase64(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64').replaceAll('=', '') === text;
}

/** As Django stores it: `pbkdf2_sha256$<iterations>$<salt>$<32 bytes in base64>`. */
const PBKDF2 = /^pbkdf2_sha256\$([1-9]\d{0,8})\$([!-#%-~]{1,64})\$([A-Za-z0-9+/]{43}=)$/;

function readPbkdf2(text: string): ForeignHash {
  const [iterations, , hash] = partsOfPbkdf2(text) ?? [];
  if (iterations === undefined || hash?.toString('base64') !== text.slice(-44)) {
    throw new HashNotSupported('pbkdf2_sha256 is <iterations>$<salt>$<base64> after its name');
  }
  if (iterations > MAX_PBKDF2_ITERATIONS) {
    throw new HashNotSupported(`pbkdf2_sha256 takes at most ${MAX_PBKDF2_ITERATIONS} iterations`);
  }
  return { algorithm: 'pbkdf2_sha256', text, isSlow: true };
}

/** Iterations, salt and hash; null for what is none. */
export function partsOfPbkdf2(text: string): [number, string, Buffer] | null {
  const match = PBKDF2.exec(text);
  if (!match) return null;
  const [, iterations, salt = '', hash = ''] = match;
  return [Number(iterations), salt, Buffer.from(hash, 'base64')];
}
