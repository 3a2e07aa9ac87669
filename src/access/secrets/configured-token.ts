import { hash } from 'node:crypto';
import { type PresentedCredential } from '../credentials/credential-strategy.js';
import { equalInConstantTime } from './secret.js';

/** A bearer token that only the configuration knows, by its digest. */
interface ConfiguredToken {
  readonly name: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Tokens that are listed in the configuration: one prefix for each of their kinds. */
export class ConfiguredTokens<T extends ConfiguredToken> {
  private readonly shape: RegExp;
  private readonly entries: readonly (readonly [Buffer, T])[];

  constructor(prefix: 'kco' | 'kcr', entries: readonly T[]) {
    this.shape = SHAPES[prefix];
    this.entries = entries.map((entry) => [Buffer.from(entry.sha256, 'hex'), entry]);
  }

  /** Whether the credential is of this kind, good or not. */
  haveShapeOf({ scheme, value }: PresentedCredential): boolean {
    return scheme === 'bearer' && this.shape.test(value);
  }

  /** The entry of this token, or null. */
  find(token: string): T | null {
    if (!this.shape.test(token)) return null;
    const digest = Buffer.from(hash('sha256', token, 'hex'), 'hex');
    for (const [known, entry] of this.entries) {
      if (equalInConstantTime(known, digest)) return entry;
    }
    return null;
  }
}

const SHAPES = {
  kco: /^kco_[0-9A-Za-z]{43}$/,
  kcr: /^kcr_[0-9A-Za-z]{43}$/,
} as const;
