import { Injectable } from '@nestjs/common';
import { type ApiKey } from '../api-key.entity.js';
import { DailyCounts } from './daily-counts.js';
import { type KeyUseTrace, LastUses } from './last-uses.js';
import { NeededScopes } from './needed-scopes.js';

type UsedKey = Pick<ApiKey, 'id' | 'replacedById'>;

/**
 * What is remembered of the uses of keys. All of it is merged in memory and written by one statement
 * each, every five seconds and when the server has answered its last request: a use costs no write,
 * and a crash loses the uses of five seconds.
 */
@Injectable()
export class KeyUseRecorder {
  constructor(
    private readonly lastUses: LastUses,
    private readonly counts: DailyCounts,
    private readonly scopes: NeededScopes,
  ) {}

  /** A use for which the key was good. */
  used(key: UsedKey, trace: KeyUseTrace): void {
    this.lastUses.add(key.id, trace);
    this.counts.count(key.id, 'valid', trace.at, key.replacedById !== null);
  }

  /** A use that was refused: it is counted and no more. */
  refused({ id }: UsedKey, outcome: string, at: Date): void {
    this.counts.count(id, outcome, at, false);
  }

  /** A scope that such a use needed. */
  needed({ id }: UsedKey, scope: string, at: Date): void {
    this.scopes.add(id, scope, at);
  }
}
