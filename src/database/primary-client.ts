import { PoolClient } from './pool-client.js';

/** A message of the protocol by which PostgreSQL says what a setting of the session is. */
interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/** Reached where the primary was looked for: a fail-over is under way, or was not noticed. */
export class StandbyReached extends Error {
  override readonly name = 'StandbyReached';

  constructor() {
    super('the database that was reached is a standby, not the primary');
  }
}

/**
 * A connection to the primary alone. A standby says of itself that it is one before the first
 * statement (PostgreSQL 14); what it would answer may be old, a revoked credential among it. A primary
 * becomes a standby by a restart, so one that was reached remains it.
 */
export class PrimaryClient extends PoolClient {
  constructor(...parameters: ConstructorParameters<typeof PoolClient>) {
    super(...parameters);
    this.connection.on('parameterStatus', (status: ParameterStatus) => {
      if (status.parameterName !== 'in_hot_standby' || status.parameterValue !== 'on') return;
      this.connection.stream.destroy(new StandbyReached());
    });
  }
}
