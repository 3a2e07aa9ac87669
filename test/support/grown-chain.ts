import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../ormconfig.js';
import { newId } from '../../src/access/ids.js';
import { Sealer } from '../../src/access/secrets/sealing.js';
import { SecretHasher } from '../../src/access/secrets/secret.js';
import { AuditChain, type NewEvent } from '../../src/audit/chain/audit-chain.js';
import { AuditKeys } from '../../src/audit/chain/audit-keys.js';
import { CheckpointsService } from '../../src/audit/checkpoints/checkpoints.service.js';
import { AuditRetentionService } from '../../src/audit/retention/audit-retention.service.js';
import { Transactions } from '../../src/database/transactions.js';
import { inDatabase, randomText } from './keycap.js';
import { testVariable } from './servers.js';

const DAY_MS = 86_400_000;
const A_DAY = 3;

/** The audit log's own services in this process, for what only time or an attacker brings about. */
export class AuditRig {
  readonly checkpoints: CheckpointsService;
  readonly retention: AuditRetentionService;
  private readonly chain: AuditChain;

  private constructor(
    private readonly source: DataSource,
    private readonly transactions: Transactions,
    keys: AuditKeys,
  ) {
    this.chain = new AuditChain(keys);
    this.checkpoints = new CheckpointsService(keys, transactions);
    this.retention = new AuditRetentionService(keys, transactions);
  }

  static async of(databaseUrl: string): Promise<AuditRig> {
    const source = await new DataSource(dataSourceOptions(databaseUrl)).initialize();
    const transactions = new Transactions(source);
    const sealer = new Sealer(new SecretHasher(testVariable('KEYCAP_TEST_SECRET')));
    const keys = new AuditKeys(sealer, transactions);
    await keys.onApplicationBootstrap();
    return new AuditRig(source, transactions, keys);
  }

  /** Three events for each of the last `days` days, none within hours of a limit in whole days. */
  async grow(organizationId: string, days: number): Promise<void> {
    const events = Array.from({ length: days * A_DAY }, (_, number): NewEvent => {
      const age = days - Math.floor(number / A_DAY) - 0.5;
      return {
        organizationId,
        action: 'organization.updated',
        actorKind: 'system',
        actorId: null,
        projectId: null,
        targetId: null,
        ip: null,
        requestId: null,
        metadata: { number },
        createdAt: new Date(Date.now() - age * DAY_MS),
      };
    });
    await this.transactions.run((manager) => this.chain.append(manager, events));
  }

  close(): Promise<void> {
    return this.source.destroy();
  }
}

/** A further organization of the only owner, without events. @returns its UUID */
export async function silentOrganization(databaseUrl: string): Promise<string> {
  const id = newId();
  await inDatabase(
    `WITH made AS (
       INSERT INTO organizations
       SELECT (jsonb_populate_record(o, $1)).* FROM organizations o LIMIT 1)
     INSERT INTO memberships
     SELECT (jsonb_populate_record(m, $2)).* FROM memberships m LIMIT 1`,
    [
      JSON.stringify({ id, slug: randomText() }),
      JSON.stringify({ id: newId(), organization_id: id }),
    ],
    databaseUrl,
  );
  return id;
}
