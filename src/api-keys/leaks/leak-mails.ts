import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { OutboxService } from '../../mail/outbox.service.js';
import { type ApiKey } from '../api-key.entity.js';

const LIFE_MS = 7 * 86_400_000;

/** Whoever can do something about it: owners and admins with an address of their own, at most 50. */
const RECIPIENTS = `
  SELECT u.email
    FROM memberships m JOIN users u ON u.id = m.user_id
   WHERE m.organization_id = $1 AND m.status = 'active' AND m.role IN ('owner', 'admin')
     AND u.email_verified_at IS NOT NULL AND u.disabled_at IS NULL AND u.email IS NOT NULL
   ORDER BY m.role DESC, u.email LIMIT 50`;

export interface Leak {
  readonly sourceUrl: string | null;
  readonly isRevoked: boolean;
}

/** Tells an organization that a key of it has leaked. */
@Injectable()
export class LeakMails {
  constructor(private readonly outbox: OutboxService) {}

  async send(manager: EntityManager, key: ApiKey, leak: Leak): Promise<void> {
    const { organizationId } = key;
    const recipients = await manager.query<{ email: string }[]>(RECIPIENTS, [organizationId]);
    for (const { email } of recipients) {
      await this.outbox.add(manager, {
        kind: 'leaked_key',
        recipient: email,
        organizationId,
        subject: `An API key has leaked: ${key.keyPrefix}...`,
        text: textOf(key, leak),
        expiresAt: new Date(Date.now() + LIFE_MS),
      });
    }
  }
}

/** The address comes from a stranger: it is shown as text, and nobody is asked to open it. */
function textOf({ name, keyPrefix }: ApiKey, { sourceUrl, isRevoked }: Leak): string {
  return [
    `The API key "${name}" (${keyPrefix}...) was reported as leaked.`,
    sourceUrl === null ? 'Where it was found was not said.' : `It is said to be at: ${sourceUrl}`,
    isRevoked
      ? 'It is revoked: nobody can use it any more. Create another one where it is needed.'
      : 'It still works, as the policy on_leaked_key of your organization wants. Rotate or revoke it.',
  ].join('\n\n');
}
