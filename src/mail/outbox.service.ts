import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { newId } from '../access/ids.js';
import { Sealer } from '../access/secrets/sealing.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { type MailKind, OutgoingMail } from './outgoing-mail.entity.js';

/** A mail to be sent. */
export interface Mail {
  readonly kind: MailKind;
  /** Normalised address. */
  readonly recipient: string;
  /** UUID of the organization that it is sent for, or null. */
  readonly organizationId: string | null;
  readonly subject: string;
  /** Plain text; may hold a secret link. */
  readonly text: string;
  /** When what it says is of no use any more. */
  readonly expiresAt: Date;
}

/**
 * Mails are written in the transaction of the change that they tell of, and sent after it: none is
 * lost, and none tells of what never happened.
 */
@Injectable()
export class OutboxService {
  constructor(
    private readonly sealer: Sealer,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Whether this deployment can send mails at all. */
  get canSend(): boolean {
    const { smtpUrl, mailDir } = this.runtime.config;
    return smtpUrl !== null || mailDir !== null;
  }

  /** Adds a mail, also where none can be sent: then the operator sees that it waits. */
  async add(manager: EntityManager, mail: Mail): Promise<void> {
    const { kind, recipient, organizationId, subject, text, expiresAt } = mail;
    const id = newId();
    const now = new Date();
    await manager.insert(OutgoingMail, {
      id,
      kind,
      recipient,
      organizationId,
      sealed: this.sealer.seal('mail', id, JSON.stringify({ subject, text })),
      state: 'waiting',
      attempts: 0,
      nextAttemptAt: now,
      lastError: null,
      createdAt: now,
      sentAt: null,
      expiresAt,
    });
  }
}
