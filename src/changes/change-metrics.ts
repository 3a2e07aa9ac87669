import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { ChangeView } from './change-view.js';
import { LookUpCache } from './look-up-cache.js';

/** What comes from memory, and how old the right to it is. */
@Injectable()
export class ChangeMetrics implements OnApplicationBootstrap {
  constructor(
    private readonly cache: LookUpCache,
    private readonly view: ChangeView,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    const { cache, metrics, view } = this;
    const help = 'Look-ups of credentials: from memory, or from the database.';
    metrics.counters('keycap_cache_look_ups_total', help, 'result', () => ({
      hit: cache.counts.hits,
      miss: cache.counts.misses,
    }));
    metrics.gauge('keycap_cache_entries', 'Entries in memory.', 'sum', () => cache.size.entries);
    metrics.gauge(
      'keycap_lease_age_seconds',
      'Since the last read of the log of changes; from 1 on nothing comes from memory.',
      'max',
      () => view.lease.ageMs / 1000,
    );
  }
}
