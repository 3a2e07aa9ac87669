import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Metrics } from '../../metrics/metrics.js';
import { Replicas } from './replicas.js';

/** Whether replicas take anything off the primary. */
@Injectable()
export class ReplicaMetrics implements OnApplicationBootstrap {
  constructor(
    private readonly replicas: Replicas,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    const help = 'Reads that a replica answered, was too far behind for, or failed to answer.';
    this.metrics.counters('keycap_replica_reads_total', help, 'result', () => ({
      ...this.replicas.outcomes,
    }));
  }
}
