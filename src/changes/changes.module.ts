import { Global, Module } from '@nestjs/common';
import { ChangeKeeper } from './change-keeper.js';
import { ChangeMetrics } from './change-metrics.js';
import { ChangeReader } from './change-reader.js';
import { ChangeView } from './change-view.js';
import { DatabaseClock } from './database-clock.js';
import { HintProbe } from './hint-probe.js';
import { LookUpCache } from './look-up-cache.js';

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
  ],
  exports: [ChangeView, DatabaseClock, HintProbe, LookUpCache],
})
export class ChangesModule {}
