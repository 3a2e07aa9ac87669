import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { newId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { BackgroundWork } from '../../database/background-work.js';
import { ApiKey } from '../api-key.entity.js';
import { KeySecrets } from '../format/key-secrets.js';
import { LeakReport } from './leak-report.entity.js';
import { LeakedKeysService } from './leaked-keys.service.js';

/** What was found, and where. */
export interface FoundKey {
  readonly plaintext: string;
  readonly sourceUrl: string | null;
}

/** Reports beyond these wait for the keeper's next round. */
const MOST_WAITING = 200;

/** Takes reports of leaked keys from anyone: to have a key is proof enough that it leaked. */
@Injectable()
export class LeakReportsService implements OnModuleDestroy {
  private readonly handling = new BackgroundWork('The handling of leak reports', MOST_WAITING);

  constructor(
    @InjectRepository(LeakReport) private readonly reports: Repository<LeakReport>,
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly secrets: KeySecrets,
    private readonly leaked: LeakedKeysService,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.handling.finish();
  }

  /** Writes them down: the same work for keys and for anything else. They are handled at once. */
  async file(found: readonly FoundKey[], { ip, requestId }: Origin): Promise<void> {
    const reportedAt = new Date();
    const reports = found.map(({ plaintext, sourceUrl }) => ({
      id: newId(),
      digests: this.secrets.everyDigestOf(plaintext),
      ...{ sourceUrl, ip, requestId, reportedAt },
    }));
    await this.reports.insert(reports);
    this.handling.add(() => this.leaked.handle(reports.map(({ id }) => id)));
  }

  /** Whether each is a key that was ever made here, for those who have proved who they are. */
  async areKeys(plaintexts: readonly string[]): Promise<boolean[]> {
    const digests = plaintexts.map((each) => this.secrets.everyDigestOf(each));
    const rows = await this.apiKeys.query<{ digest: Buffer }[]>(
      'SELECT digest FROM api_keys WHERE digest = ANY ($1)',
      [digests.flat()],
    );
    const known = new Set(rows.map(({ digest }) => digest.toString('hex')));
    return digests.map((each) => each.some((digest) => known.has(digest.toString('hex'))));
  }
}
