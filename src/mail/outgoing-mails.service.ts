import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, MoreThan, Not, type Repository } from 'typeorm';
import { OutgoingMail, type MailState } from './outgoing-mail.entity.js';

export { MAIL_KINDS, MAIL_STATES, type MailState } from './outgoing-mail.entity.js';

/** A mail that this process has taken on. */
export interface DueMail {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly sealed: Buffer;
  /** With the one that begins now. */
  readonly attempts: number;
}

/** Longer than a mail server may take: whoever has not finished by then has died. */
const CLAIM_SECONDS = 120;
/** How long is remembered that a mail was sent, or was not. */
const KEPT_DAYS = 30;

const CLAIM = `
  UPDATE outgoing_mails
     SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $1)
   WHERE id = (
         SELECT id FROM outgoing_mails
          WHERE state = 'waiting' AND next_attempt_at <= now() AND expires_at > now()
          ORDER BY next_attempt_at LIMIT 1
            FOR UPDATE SKIP LOCKED)
  RETURNING id, kind, recipient, sealed, attempts`;

const EXPIRE = `
  UPDATE outgoing_mails SET state = 'expired', sealed = NULL
   WHERE state IN ('waiting', 'failed') AND expires_at <= now()`;

const FORGET = `
  DELETE FROM outgoing_mails
   WHERE state IN ('sent', 'expired') AND created_at < now() - make_interval(days => $1)`;

/** What became of the mails of the outbox. Nobody is told what they say. */
@Injectable()
export class OutgoingMailsService {
  constructor(@InjectRepository(OutgoingMail) private readonly mails: Repository<OutgoingMail>) {}

  /**
   * Newest first.
   * @param filter.recipient normalised address
   * @param page.before UUID of the mail after which the page starts
   */
  list(
    filter: { readonly state?: MailState; readonly recipient?: string },
    page: { before: string | undefined; limit: number },
  ): Promise<OutgoingMail[]> {
    return this.mails.find({
      where: {
        ...filter,
        ...(page.before === undefined ? {} : { id: LessThan(page.before) }),
      },
      order: { id: 'DESC' },
      take: page.limit,
    });
  }

  find(id: string): Promise<OutgoingMail | null> {
    return this.mails.findOneBy({ id });
  }

  /** Sends it as soon as possible; false where it is sent, expired or unknown. */
  async retry(manager: EntityManager, id: string): Promise<boolean> {
    const now = new Date();
    const { affected } = await manager.update(
      OutgoingMail,
      { id, sealed: Not(IsNull()), expiresAt: MoreThan(now) },
      { state: 'waiting', nextAttemptAt: now },
    );
    return affected === 1;
  }

  /** The next mail that is due, for this process alone; null where none is. */
  async claim(): Promise<DueMail | null> {
    const [[mail]] = await this.mails.query<[DueMail[], number]>(CLAIM, [CLAIM_SECONDS]);
    return mail ?? null;
  }

  /** What it said is needed no more. */
  async markSent(id: string): Promise<void> {
    const done = { state: 'sent', sealed: null, sentAt: new Date(), lastError: null } as const;
    await this.mails.update({ id }, done);
  }

  async postpone(id: string, lastError: string, nextAttemptAt: Date): Promise<void> {
    await this.mails.update({ id, state: 'waiting' }, { lastError, nextAttemptAt });
  }

  /** Not tried again unless somebody asks for it. */
  async fail(id: string, lastError: string): Promise<void> {
    await this.mails.update({ id }, { state: 'failed', lastError });
  }

  /** Those whose links are dead are not sent any more, and old ones are forgotten. */
  async expire(): Promise<void> {
    await this.mails.query(EXPIRE);
    await this.mails.query(FORGET, [KEPT_DAYS]);
  }
}
