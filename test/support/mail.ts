import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testVariable } from './servers.js';
import { until } from './until.js';

/** A mail as its recipient reads it. */
export interface ReceivedMail {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The mails that the shared server (or the one with this folder) has sent to an address so far. */
export async function mailsTo(
  address: string,
  folder = testVariable('KEYCAP_TEST_MAIL_DIR'),
): Promise<ReceivedMail[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.eml')).toSorted();
  const mails = await Promise.all(files.map((name) => mailIn(join(folder, name))));
  return mails.filter(({ headers }) => headers.to === address);
}

/** A mail lies there whole and never changes, and who waits for one looks at all of them again and again. */
const known = new Map<string, ReceivedMail>();

async function mailIn(path: string): Promise<ReceivedMail> {
  const mail = known.get(path) ?? parse(await readFile(path, 'utf8'));
  known.set(path, mail);
  return mail;
}

/** Waits until this many mails have been sent to the address, and gives the latest one. */
export async function nextMail(
  address: string,
  { count = 1, folder }: { count?: number; folder?: string } = {},
): Promise<ReceivedMail> {
  const mails = await until(`mail number ${String(count)} to ${address} is sent`, async () => {
    const sent = await mailsTo(address, folder);
    return sent.length >= count && sent;
  });
  return mails.at(-1)!;
}

/** The token of the link that a mail holds. */
export function tokenIn({ text }: ReceivedMail): string {
  const token = /#token=(\S+)/.exec(text)?.[1];
  if (token === undefined) throw new Error(`no link with a token in: ${text}`);
  return token;
}

function parse(file: string): ReceivedMail {
  const end = file.indexOf('\n\n');
  const lines = file.slice(0, end).split('\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { headers: Object.fromEntries(headers), text: file.slice(end + 2) };
}
