import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { encodeId } from '../../access/ids.js';
import { AuditService, SYSTEM_ACTOR } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { OrganizationChangesService } from '../../organizations/organization-changes.service.js';
import { PoliciesService } from '../../organizations/policies/policies.service.js';
import { ApiKey } from '../api-key.entity.js';
import { LeakMails } from './leak-mails.js';
import { LeakReport } from './leak-report.entity.js';

/** Of $1 (reports; null for all): those that are about no key, or one that is dead for good. */
const FORGET_REST = `
  DELETE FROM leak_reports report
   WHERE ($1::uuid[] IS NULL OR id = ANY ($1))
     AND NOT EXISTS (
         SELECT FROM api_keys WHERE digest = ANY (report.digests) AND revoked_at IS NULL)`;

/** The next of them whose key lives, with what is known of that. */
const NEXT = `
  SELECT report.id AS report_id, key.id AS key_id, key.organization_id
    FROM leak_reports report JOIN api_keys key ON key.digest = ANY (report.digests)
   WHERE $1::uuid[] IS NULL OR report.id = ANY ($1)
   ORDER BY report.id LIMIT 1`;

interface Next {
  readonly report_id: string;
  readonly key_id: string;
  readonly organization_id: string;
}

/** Does what the organization's policy says to keys that were found where they should not be. */
@Injectable()
export class LeakedKeysService {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: OrganizationChangesService,
    private readonly policies: PoliciesService,
    private readonly mails: LeakMails,
    private readonly audit: AuditService,
  ) {}

  /** @param reportIds UUIDs; null for all that wait */
  async handle(reportIds: readonly string[] | null): Promise<void> {
    for (;;) {
      await this.transactions.outside.query(FORGET_REST, [reportIds]);
      const [next] = await this.transactions.outside.query<Next[]>(NEXT, [reportIds]);
      if (!next) return;
      await this.changes.runForNobody(next.organization_id, (manager) =>
        this.settle(manager, next),
      );
    }
  }

  /** Of two that settle the same report at the same time one finds it. */
  private async settle(manager: EntityManager, { report_id, key_id }: Next): Promise<void> {
    const report = await manager.findOneBy(LeakReport, { id: report_id });
    if (!report) return;
    await manager.delete(LeakReport, { id: report_id });
    const key = await manager.findOneByOrFail(ApiKey, { id: key_id });
    if (key.revokedAt) return;
    const policies = await this.policies.of(manager, key.organizationId);
    const isRevoked = policies.onLeakedKey === 'revoke';
    if (!isRevoked && key.leakedAt) return;
    await manager.update(
      ApiKey,
      { id: key.id },
      {
        leakedAt: report.reportedAt,
        leakSourceUrl: report.sourceUrl,
        leakReportedIp: report.ip,
        ...(isRevoked && { revokedAt: new Date() }),
      },
    );
    await this.tell(manager, key, { report, isRevoked });
  }

  private async tell(
    manager: EntityManager,
    key: ApiKey,
    { report, isRevoked }: { report: LeakReport; isRevoked: boolean },
  ): Promise<void> {
    const { sourceUrl, ip, requestId } = report;
    const by = { ...SYSTEM_ACTOR, origin: { ip, requestId, userAgent: null } };
    const named = { name: key.name, key_prefix: key.keyPrefix };
    const about = {
      organizationId: key.organizationId,
      projectId: key.projectId,
      targetId: encodeId('apiKey', key.id),
    };
    await this.audit.record(manager, by, {
      ...about,
      action: 'api_key.leaked',
      metadata: { ...named, source_url: sourceUrl, revoked: isRevoked },
    });
    if (isRevoked) {
      const metadata = { ...named, cause: 'leaked' };
      await this.audit.record(manager, by, { ...about, action: 'api_key.revoked', metadata });
    }
    await this.mails.send(manager, key, { sourceUrl, isRevoked });
  }
}
