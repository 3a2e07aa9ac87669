import { decodeId, encodeId } from '../../access/ids.js';
import { isShared, sharedChains } from '../chain/chain-name.js';
import { type ChainPoint, type ChainSeals } from '../chain/chain-seals.js';

const FORM = /^([a-z]{3}_[0-9a-z]{26}|[0-9a-f-]{36})\.(\d{1,15})\.([\w-]{43})\.([\w-]{43})$/;

/**
 * A checkpoint as text, to be kept elsewhere: the organization or shared chain, the number of the
 * event, its hash, and the seal.
 */
export function textOfCheckpoint(chain: string, point: ChainPoint, mac: Buffer): string {
  const bytes = [point.hash, mac].map((each) => each.toString('base64url'));
  return [isShared(chain) ? chain : encodeId('organization', chain), point.sequence, ...bytes].join(
    '.',
  );
}

/** The shared chain that the text names, if it is one. */
export function sharedChainIn(text: string): string | undefined {
  return sharedChains().find((chain) => text.startsWith(`${chain}.`));
}

/** The place that the text names, or null where it was not written here for this chain. */
export function checkpointOf(text: string, chain: string, seals: ChainSeals): ChainPoint | null {
  const [, id, sequence, hash = '', mac = ''] = FORM.exec(text) ?? [];
  const point = { sequence: Number(sequence), hash: Buffer.from(hash, 'base64url') };
  const named = isShared(chain) ? id : decodeId('organization', id);
  if (named !== chain) return null;
  return seals.isCheckpoint(chain, point, Buffer.from(mac, 'base64url')) ? point : null;
}
