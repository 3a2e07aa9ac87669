import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { equalInConstantTime, SecretHasher } from '../../access/secrets/secret.js';
import { ValidationFailed } from '../../problem.js';

const UUID_BYTES = 16;
const MAC_BYTES = 16;

/** A page of a list, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * Keyset cursors: the id after which the next page starts, sealed for one list of one tenant, so
 * that a cursor can be neither made nor moved to another list.
 */
@Injectable()
export class Cursors {
  private readonly key: Buffer;

  constructor(hasher: SecretHasher) {
    this.key = hasher.keyFor('cursor');
  }

  /** @throws ValidationFailed for a cursor that this list did not give */
  open(list: string, cursor: string | undefined): string | undefined {
    if (cursor === undefined) return undefined;
    const bytes = Buffer.from(cursor, 'base64url');
    const id = bytes.subarray(0, UUID_BYTES);
    const isOurs =
      bytes.length === UUID_BYTES + MAC_BYTES &&
      bytes.toString('base64url') === cursor &&
      equalInConstantTime(bytes.subarray(UUID_BYTES), this.mac(list, id));
    if (!isOurs) throw new ValidationFailed({ cursor: ['cursor is not one that this list gave'] });
    const hex = id.toString('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  /** Makes a page of rows that were asked for with one more than `limit`. */
  page<T>(list: string, rows: readonly T[], limit: number, idOf: (row: T) => string): Page<T> {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const hasMore = rows.length > limit && last !== undefined;
    return { items, nextCursor: hasMore ? this.seal(list, idOf(last)) : null };
  }

  private seal(list: string, uuid: string): string {
    const id = Buffer.from(uuid.replaceAll('-', ''), 'hex');
    return Buffer.concat([id, this.mac(list, id)]).toString('base64url');
  }

  private mac(list: string, id: Buffer): Buffer {
    return createHmac('sha256', this.key)
      .update(list)
      .update('\0')
      .update(id)
      .digest()
      .subarray(0, MAC_BYTES);
  }
}
