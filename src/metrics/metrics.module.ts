import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { PoolMetrics } from './pool-metrics.js';

/** What all rooms may tell of themselves; read by operators alone, so where there are none, by nobody. */
@Global()
@Module({ providers: [Metrics, PoolMetrics], exports: [Metrics] })
export class MetricsModule {
  static forRoot({ isRead }: { readonly isRead: boolean }): DynamicModule {
    return { module: MetricsModule, controllers: isRead ? [MetricsController] : [] };
  }
}
