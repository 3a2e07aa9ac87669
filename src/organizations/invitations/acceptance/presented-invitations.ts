import { Injectable } from '@nestjs/common';
import { addressKey } from '../../../access/addresses/address-key.js';
import { FailureThrottle } from '../../../access/throttling/failure-throttle.js';
import { type Origin } from '../../../access/principal.js';
import { type Invitation } from '../invitation.entity.js';
import { statusOf } from '../invitation-status.js';
import { InvitationTokens, type OpenedInvitation } from '../invitation-tokens.js';
import { InvitationGone, InvitationNotFound } from '../invitations.errors.js';

/** Finds invitations by the tokens that people come with; whoever guesses is slowed down. */
@Injectable()
export class PresentedInvitations {
  constructor(
    private readonly tokens: InvitationTokens,
    private readonly throttle: FailureThrottle,
  ) {}

  /** Whatever became of it. @throws InvitationNotFound @throws TooManyRequests */
  async open(token: string, origin: Origin): Promise<OpenedInvitation> {
    const opened = await this.tokens.open(token);
    if (!opened) {
      await this.throttle.count('oneTimeTokenFailuresPerAddressPerMinute', addressKey(origin.ip));
      throw new InvitationNotFound();
    }
    return opened;
  }

  /** @throws InvitationNotFound @throws TooManyRequests @throws InvitationGone */
  async openPending(token: string, origin: Origin): Promise<OpenedInvitation> {
    const opened = await this.open(token, origin);
    requirePending(opened.invitation);
    return opened;
  }
}

/** @throws InvitationGone */
export function requirePending(invitation: Invitation, now = new Date()): void {
  const status = statusOf(invitation, now);
  if (status === 'pending') return;
  throw new InvitationGone(status === 'declined' ? 'revoked' : status);
}
