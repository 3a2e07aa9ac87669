import type { Member } from '../api/types';

/** Somebody to invite, as typed or read from a file. */
export interface InvitationRow {
  readonly email: string;
  readonly role: 'admin' | 'member';
  /** Why it would be refused, as far as this page can tell; null where nothing speaks against it. */
  readonly problem: 'malformed' | 'repeated' | 'role' | 'member' | null;
}

/**
 * Reads lines of `email` or `email,role`; a first line that names the columns is none.
 *
 * @param members who is there already
 */
export function readRows(text: string, members: readonly Member[]): InvitationRow[] {
  const taken = new Set(members.map(({ user }) => user.email?.toLowerCase()));
  const seen = new Set<string>();
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^"?e-?mail"?\s*(?:[,;\t]|$)/i.test(line))
    .map((line) => {
      const [email = '', named = ''] = line
        .toLowerCase()
        .split(/[,;\t]/)
        .map(withoutQuotes);
      const role = named === 'admin' ? ('admin' as const) : ('member' as const);
      const problem = problemOf(email, named, { isRepeated: seen.has(email), taken });
      seen.add(email);
      return { email, role, problem };
    });
}

const withoutQuotes = (cell: string): string => cell.trim().replace(/^"|"$/g, '');

interface Others {
  readonly isRepeated: boolean;
  readonly taken: ReadonlySet<string | undefined>;
}

function problemOf(email: string, role: string, others: Others): InvitationRow['problem'] {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return 'malformed';
  if (!['', 'admin', 'member'].includes(role)) return 'role';
  if (others.isRepeated) return 'repeated';
  return others.taken.has(email) ? 'member' : null;
}
