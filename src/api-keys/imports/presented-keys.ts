import { Injectable } from '@nestjs/common';
import { KeySecrets } from '../format/key-secrets.js';
import { ImportedKeys } from './imported-keys.js';
import { ImportedPrefixes } from './imported-prefixes.js';

/** Who shows a text. */
export interface Presentation {
  /** Where a stranger shows it, whose guesses count; null where an authenticated caller asks about it. */
  readonly strangerIp: string | null;
  /** Only keys of this organization (UUID) are asked for; null for those of all. */
  readonly withinOrganizationId?: string | null;
}

/** Looks up what is shown as a key, be it Keycap's own or an imported one. */
@Injectable()
export class PresentedKeys {
  constructor(
    private readonly secrets: KeySecrets,
    private readonly prefixes: ImportedPrefixes,
    private readonly imported: ImportedKeys,
  ) {}

  /**
   * What `look` finds under the digests of a text; null, without a query, for what can't be a key.
   * An imported key that is shown for the first time is looked for by its hash and then once more.
   *
   * @throws TooManyRequests for a stranger's with a slow hash, after too many wrong ones
   * @throws KeyHashingBusy for a stranger's that could not be looked for to the end
   * @throws KeySearchBusy for such a one that somebody else asks about
   */
  async lookUp<T>(
    text: string,
    { strangerIp, withinOrganizationId = null }: Presentation,
    look: (digests: readonly Buffer[]) => Promise<T[]>,
  ): Promise<T[] | null> {
    const digests = this.secrets.digestsOf(text);
    if (digests) return look(digests);
    if (this.secrets.claimsToBeKey(text)) return null;
    const prefixes = await this.prefixes.of(text);
    if (prefixes.length === 0) return null;
    const every = this.secrets.everyDigestOf(text);
    const found = await look(every);
    if (found.length > 0) return found;
    const [digest = Buffer.of()] = every;
    await this.imported.move({ text, prefixes, digest, strangerIp, withinOrganizationId });
    // Also where it was not this request that moved it: of many first uses one does.
    return look(every);
  }
}
