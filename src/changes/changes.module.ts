import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type DataSourceOptions } from 'typeorm';
import { ChangeKeeper } from './change-keeper.js';
import { ChangeMetrics } from './change-metrics.js';
import { ChangeReader } from './change-reader.js';
import { ChangeView } from './change-view.js';
import { DatabaseClock } from './database-clock.js';
import { HintProbe } from './hint-probe.js';
import { LookUpCache } from './look-up-cache.js';
import { ReplicaMetrics } from './replicas/replica-metrics.js';
import { REPLICA_OPTIONS, Replicas } from './replicas/replicas.js';

/** The log of changes, and what may be answered from memory because of it. */
@Global()
@Module({
  providers: [
    ChangeKeeper,
    ChangeMetrics,
    ChangeReader,
    ChangeView,
    DatabaseClock,
    HintProbe,
    LookUpCache,
    ReplicaMetrics,
    Replicas,
  ],
  exports: [ChangeView, DatabaseClock, HintProbe, LookUpCache, Replicas],
})
export class ChangesModule {
  /** @param replicas how each of them is reached */
  static forRoot(replicas: readonly DataSourceOptions[]): DynamicModule {
    return {
      module: ChangesModule,
      providers: [{ provide: REPLICA_OPTIONS, useValue: replicas }],
    };
  }
}
