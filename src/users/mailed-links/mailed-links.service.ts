import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, LessThan, MoreThan } from 'typeorm';
import { newId } from '../../access/ids.js';
import { randomBase62, SecretHasher } from '../../access/secrets/secret.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { Transactions } from '../../database/transactions.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { type Person } from '../users.service.js';
import { type LinkPurpose, MailedLink } from './mailed-link.entity.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Base62 characters: 256 random bits. */
const TOKEN_LENGTH = 43;

/** What a link is for, and how it is told. */
const PURPOSES = {
  password_reset: {
    secret: 'password reset',
    lifeMs: 10 * MINUTE_MS,
    life: '10 minutes',
    page: '/dashboard/reset-password',
    subject: 'Set a new password',
    sentence: 'With this link you set a new password for your account.',
  },
  email_verification: {
    secret: 'email verification',
    lifeMs: DAY_MS,
    life: '24 hours',
    page: '/dashboard/verify-email',
    subject: 'Confirm your e-mail address',
    sentence: 'With this link you confirm that this e-mail address is yours.',
  },
} as const;

/** So many live links of one purpose an account: more mails say nothing new. */
const MOST_LIVE = 3;
/** So many mails of one purpose, so that nobody fills another's mailbox by asking again and again. */
const MOST_MAILED = [
  { withinMs: HOUR_MS, count: 5 },
  { withinMs: DAY_MS, count: 20 },
] as const;

/** Links that are mailed to a person, each good once, for one purpose, account and address. */
@Injectable()
export class MailedLinksService {
  constructor(
    private readonly hasher: SecretHasher,
    private readonly outbox: OutboxService,
    private readonly transactions: Transactions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /**
   * Mails a link, unless enough live ones are on their way or were mailed lately. Those of before
   * stay good: whoever asks for links in another's name can't kill the one that he is about to use.
   * The caller holds the user's row.
   *
   * @returns whether it was mailed
   */
  async send(manager: EntityManager, purpose: LinkPurpose, to: Recipient): Promise<boolean> {
    const now = new Date();
    const { secret, lifeMs, page, subject } = PURPOSES[purpose];
    await manager.delete(MailedLink, {
      userId: to.id,
      expiresAt: LessThan(new Date(now.getTime() - DAY_MS)),
    });
    if (await isEnough(manager, purpose, to, now)) return false;
    const token = randomBase62(TOKEN_LENGTH);
    const expiresAt = new Date(now.getTime() + lifeMs);
    await manager.insert(MailedLink, {
      id: newId(),
      purpose,
      userId: to.id,
      email: to.email,
      digest: this.hasher.digest(secret, token),
      createdAt: now,
      expiresAt,
      usedAt: null,
    });
    const link = `${this.runtime.publicUrl}${page}#token=${token}`;
    const text = textOf(purpose, link);
    const mail = { kind: purpose, recipient: to.email, organizationId: null, subject, text };
    await this.outbox.add(manager, { ...mail, expiresAt });
    return true;
  }

  /** The live link of this token, or null. */
  find(purpose: LinkPurpose, token: string, now = new Date()): Promise<MailedLink | null> {
    return this.transactions.outside
      .createQueryBuilder(MailedLink, 'link')
      .where('link.digest IN (:...digests)', {
        digests: this.hasher.candidates(PURPOSES[purpose].secret, token),
      })
      .andWhere('link.purpose = :purpose', { purpose })
      .andWhere('link.usedAt IS NULL AND link.expiresAt > :now', { now })
      .getOne();
  }

  /** Uses a link: of many at once one wins. */
  async use(manager: EntityManager, { id }: MailedLink): Promise<boolean> {
    const now = new Date();
    const { affected } = await manager.update(
      MailedLink,
      { id, usedAt: IsNull(), expiresAt: MoreThan(now) },
      { usedAt: now },
    );
    return affected === 1;
  }

  /** Makes every link of the purpose that is still live worthless. */
  async kill(manager: EntityManager, purpose: LinkPurpose, userId: string): Promise<void> {
    await manager.update(MailedLink, { userId, purpose, usedAt: IsNull() }, { usedAt: new Date() });
  }
}

/** Links are kept for a day after their end, so that all that are counted are still there. */
async function isEnough(
  manager: EntityManager,
  purpose: LinkPurpose,
  { id: userId }: Recipient,
  now: Date,
): Promise<boolean> {
  const live = { userId, purpose, expiresAt: MoreThan(now), usedAt: IsNull() };
  if ((await manager.countBy(MailedLink, live)) >= MOST_LIVE) return true;
  for (const { withinMs, count } of MOST_MAILED) {
    const since = new Date(now.getTime() - withinMs);
    const mailed = { userId, purpose, createdAt: MoreThan(since) };
    if ((await manager.countBy(MailedLink, mailed)) >= count) return true;
  }
  return false;
}

/** Whom a link is mailed to. */
export type Recipient = Pick<Person, 'id'> & { readonly email: string };

function textOf(purpose: LinkPurpose, link: string): string {
  const { sentence, life } = PURPOSES[purpose];
  return [
    sentence,
    '',
    link,
    '',
    `It works once, within ${life}. If you did not ask for it, you need do nothing.`,
  ].join('\n');
}
