import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Sealer } from '../access/secrets/sealing.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { RecurringWork } from '../database/recurring-work.js';
import { type MailTransport, mailTransportOf } from './mail-transport.js';
import { type DueMail, OutgoingMailsService } from './outgoing-mails.service.js';

/** How often a server looks whether a mail is due; mails are few, and people wait for them. */
const INTERVAL_MS = 1000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 60 * 60_000;

/**
 * Sends what the outbox holds, one after the other. A mail that was handed over while its server
 * died is sent once more; none is left out.
 */
@Injectable()
export class MailDelivery implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MailDelivery.name);
  private readonly delivering: RecurringWork;
  private readonly transport: MailTransport | null;
  private isStopping = false;

  constructor(
    private readonly mails: OutgoingMailsService,
    private readonly sealer: Sealer,
    @Inject(RUNTIME) { config }: Runtime,
  ) {
    this.transport = mailTransportOf(config);
    const work = (): Promise<void> => this.deliver();
    this.delivering = new RecurringWork('the delivery of mails', INTERVAL_MS, work);
  }

  onApplicationBootstrap(): void {
    this.delivering.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    await this.delivering.stop();
    this.transport?.close();
  }

  private async deliver(): Promise<void> {
    await this.mails.expire();
    if (!this.transport) return;
    for (;;) {
      const mail = this.isStopping ? null : await this.mails.claim();
      if (!mail) return;
      await this.send(this.transport, mail);
    }
  }

  private async send(transport: MailTransport, mail: DueMail): Promise<void> {
    const { id, kind, recipient, sealed } = mail;
    const opened = this.sealer.open('mail', id, sealed);
    if (opened === null) {
      await this.mails.fail(id, 'it was encrypted under a master secret that is not known here');
      return;
    }
    const { subject, text } = JSON.parse(opened) as { subject: string; text: string };
    try {
      await transport.send({ id, kind, recipient, subject, text });
    } catch (error) {
      await this.postpone(mail, error);
      return;
    }
    await this.mails.markSent(id);
  }

  private async postpone({ id, attempts }: DueMail, error: unknown): Promise<void> {
    const { reason, isFinal } = failureOf(error);
    this.logger.warn(`mail ${id} was not sent (attempt ${attempts}): ${reason}`);
    if (isFinal) {
      await this.mails.fail(id, reason);
      return;
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
    await this.mails.postpone(id, reason, new Date(Date.now() + pause));
  }
}

/** What a mail server said, in one line; a permanent negative reply is final (RFC 5321 §4.2.1). */
function failureOf(error: unknown): { reason: string; isFinal: boolean } {
  const { code, responseCode, response } = error as {
    code?: string;
    responseCode?: number;
    response?: string;
  };
  const said = response ?? (error instanceof Error ? error.message : 'unknown reason');
  const reason = [code, said].filter((part) => part !== undefined).join(': ');
  return {
    reason: reason.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 300),
    isFinal: responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH',
  };
}
