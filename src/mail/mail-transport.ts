import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { type Config } from '../config.js';

/** A mail as it is handed over. */
export interface Message {
  /** Of the outbox: the same one again, should a mail be sent twice. */
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

/** Hands mails over, or rejects with the reason. */
export interface MailTransport {
  send(message: Message): Promise<void>;
  /** Gives back what it holds. */
  close(): void;
}

/** A mail server that is silent must not hold up the others for longer, in milliseconds. */
const SERVER_LIMITS = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
};
const UNNAMED_SENDER = 'Keycap <keycap@localhost>';

/** As the configuration has it; null where nothing is mailed. */
export function mailTransportOf({ smtpUrl, mailFrom, mailDir }: Config): MailTransport | null {
  const from = mailFrom ?? UNNAMED_SENDER;
  if (smtpUrl !== null) return new SmtpTransport(smtpUrl, from);
  return mailDir === null ? null : new FolderTransport(mailDir, from);
}

/** SMTP_URL: TLS from the first byte with `smtps`, otherwise where the server offers it. */
class SmtpTransport implements MailTransport {
  private readonly server: ReturnType<typeof createTransport>;

  constructor(
    url: string,
    private readonly from: string,
  ) {
    this.server = createTransport({
      url,
      secure: new URL(url).protocol === 'smtps:',
      ...SERVER_LIMITS,
      // A mail is what it says and nothing that it could name.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send({ id, kind, recipient, subject, text }: Message): Promise<void> {
    await this.server.sendMail({
      from: this.from,
      // An object, so that no address is read as a list of them.
      to: { name: '', address: recipient },
      subject,
      text,
      messageId: `<${id}@${senderDomain(this.from)}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Keycap-Mail': kind },
    });
  }

  close(): void {
    this.server.close();
  }
}

/** KEYCAP_MAIL_DIR: a file for each mail, readable by its owner alone, whole as soon as it is there. */
class FolderTransport implements MailTransport {
  constructor(
    private readonly folder: string,
    private readonly from: string,
  ) {}

  async send({ id, kind, recipient, subject, text }: Message): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const headers = [
      `From: ${this.from}`,
      `To: ${recipient}`,
      `Subject: ${subject}`,
      `Date: ${new Date().toUTCString()}`,
      `Message-ID: <${id}@${senderDomain(this.from)}>`,
      `X-Keycap-Mail: ${kind}`,
      'Content-Type: text/plain; charset=utf-8',
    ].map((line) => line.replace(/\p{Cc}+/gu, ' '));
    const file = join(this.folder, `${id}.eml`);
    const unfinished = `${file}.${randomUUID()}`;
    await writeFile(unfinished, `${headers.join('\n')}\n\n${text}\n`, { mode: 0o600, flag: 'wx' });
    await rename(unfinished, file);
  }

  close(): void {
    // Holds nothing.
  }
}

function senderDomain(from: string): string {
  return /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost';
}
