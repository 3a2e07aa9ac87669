import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { Metrics } from './metrics.js';

/** How the connections of the pool are used. */
@Injectable()
export class PoolMetrics implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    const { master } = this.dataSource.driver as unknown as { readonly master: pg.Pool };
    const help = 'Connections to PostgreSQL, and requests that wait for one.';
    this.metrics.gauges('keycap_database_connections', help, 'state', () => ({
      idle: master.idleCount,
      used: master.totalCount - master.idleCount,
      waited_for: master.waitingCount,
    }));
  }
}
