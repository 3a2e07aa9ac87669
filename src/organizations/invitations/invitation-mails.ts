import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { OutboxService } from '../../mail/outbox.service.js';
import { Organization } from '../organization.entity.js';
import { type Invitation } from './invitation.entity.js';
import { InvitationTokens, type MintedToken } from './invitation-tokens.js';

/** An invitation to be mailed; without a token for it, it is not. */
interface Mailable {
  readonly invitation: Invitation;
  readonly mailed: MintedToken | null;
}

/** Invitations by mail. The link in it is another than the inviter sees: it proves the address. */
@Injectable()
export class InvitationMails {
  constructor(
    private readonly outbox: OutboxService,
    private readonly tokens: InvitationTokens,
  ) {}

  get canSend(): boolean {
    return this.outbox.canSend;
  }

  async send(
    manager: EntityManager,
    organizationId: string,
    invitations: readonly Mailable[],
  ): Promise<void> {
    if (!invitations.some(({ mailed }) => mailed)) return;
    const { name } = await manager.findOneByOrFail(Organization, { id: organizationId });
    for (const { invitation, mailed } of invitations) {
      if (!mailed) continue;
      await this.outbox.add(manager, {
        kind: 'invitation',
        recipient: invitation.email,
        organizationId,
        subject: `You are invited to ${name}`,
        text: textOf(invitation, name, this.tokens.urlOf(mailed.token)),
        expiresAt: invitation.expiresAt,
      });
    }
  }
}

function textOf({ email, role, expiresAt }: Invitation, name: string, url: string): string {
  return [
    `You are invited to join "${name}" as ${role}.`,
    `Open this link to accept or decline:\n\n  ${url}`,
    `It is for ${email} alone, works once, and ends on ${expiresAt.toUTCString()}.`,
    'If you did not expect this, do nothing: nobody joins without the link.',
  ].join('\n\n');
}
