import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseClock } from '../changes/database-clock.js';
import { ServiceUnavailable } from '../problem.js';

/** Whether this process can do its work now. */
@Injectable()
export class HealthService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * @throws ServiceUnavailable while the database is away, lacks a migration of this build, or has
   * quite another time: what has expired is judged by both clocks
   */
  async requireReady(): Promise<void> {
    const applied = await this.appliedMigrations();
    const missing = this.dataSource.migrations.filter(({ name }) => !applied.has(name ?? ''));
    if (missing.length > 0) throw new ServiceUnavailable('the database is not migrated');
    if (!this.clock.isNear) {
      throw new ServiceUnavailable(`the clock is ${this.clock.offsetMs} ms off the database's`);
    }
  }

  private async appliedMigrations(): Promise<ReadonlySet<string>> {
    const rows = await this.dataSource.query<{ name: string }[]>(
      'SELECT name FROM keycap_migrations',
    );
    return new Set(rows.map(({ name }) => name));
  }
}
