import { createHash } from 'node:crypto';
import { type AuditEvent } from '../audit-event.entity.js';

/** How many chains share what belongs to no organization, so that sign-ins seldom wait in line. */
const SHARED_CHAINS = 16;

const SHARED_NAMES = Array.from({ length: SHARED_CHAINS }, (_, index) => sharedChain(index + 1));

/** Less than every chain. */
export const BEFORE_EVERY_CHAIN = '00000000-0000-0000-0000-000000000000';

const SHARED = /^0{8}(?:-0{4}){3}-/;

/** Whether the chain is of no organization. */
export function isShared(chain: string): boolean {
  return SHARED.test(chain);
}

/** The chain of an event: its organization's, or by its actor one of those that are shared. */
export function chainOf({
  organizationId,
  actorId,
  targetId,
}: Pick<AuditEvent, 'organizationId' | 'actorId' | 'targetId'>): string {
  if (organizationId !== null) return organizationId;
  const digest = createHash('sha256').update(actorId ?? targetId ?? '');
  return sharedChain((digest.digest().readUInt8(0) % SHARED_CHAINS) + 1);
}

/** All that are of no organization, whether anything was recorded there yet or not. */
export function sharedChains(): readonly string[] {
  return SHARED_NAMES;
}

function sharedChain(number: number): string {
  return `00000000-0000-0000-0000-0000000000${number.toString(16).padStart(2, '0')}`;
}
