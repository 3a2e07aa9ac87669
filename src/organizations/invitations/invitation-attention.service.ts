import { Injectable } from '@nestjs/common';
import { encodeId } from '../../access/ids.js';
import { Transactions } from '../../database/transactions.js';

/** An invitation that waits for its answer. */
export interface InvitationAttention {
  readonly kind: 'invitation_pending';
  /** Wire id of the invitation. */
  readonly targetId: string;
  readonly since: Date;
}

const PENDING = `
  SELECT id, created_at AS since
    FROM invitations
   WHERE organization_id = $1 AND accepted_at IS NULL AND declined_at IS NULL
     AND revoked_at IS NULL AND expires_at > $2
   ORDER BY since, id LIMIT $3`;

/** The invitations of an organization that nobody has answered. */
@Injectable()
export class InvitationAttentionService {
  constructor(private readonly transactions: Transactions) {}

  /** The oldest, at most `limit`. */
  async list(organizationId: string, now: Date, limit: number): Promise<InvitationAttention[]> {
    const rows = await this.transactions.outside.query<{ id: string; since: Date }[]>(PENDING, [
      organizationId,
      now,
      limit,
    ]);
    return rows.map(({ id, since }) => ({
      kind: 'invitation_pending',
      targetId: encodeId('invitation', id),
      since,
    }));
  }
}
