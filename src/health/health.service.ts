import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ServiceUnavailable } from '../problem.js';

/** Whether this process can do its work now. */
@Injectable()
export class HealthService {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws ServiceUnavailable while the database is away or lacks a migration of this build */
  async requireReady(): Promise<void> {
    const applied = await this.appliedMigrations();
    const missing = this.dataSource.migrations.filter(({ name }) => !applied.has(name ?? ''));
    if (missing.length > 0) throw new ServiceUnavailable('the database is not migrated');
  }

  private async appliedMigrations(): Promise<ReadonlySet<string>> {
    const rows = await this.dataSource.query<{ name: string }[]>(
      'SELECT name FROM keycap_migrations',
    );
    return new Set(rows.map(({ name }) => name));
  }
}
