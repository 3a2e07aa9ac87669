import TestSequencer from '@jest/test-sequencer';

/**
 * What takes longest, for machines where no run has measured it yet, as those of CI: Jest would go by
 * the size of the files, and one that begins last and takes long is waited for alone.
 */
const LONGEST = [
  'escalation',
  'signing-keys',
  'launcher',
  'embedded-postgres',
  'swagger-ui',
  'isolation',
  'idempotency',
  'quality/build',
  'revoke-tokens',
  'start-errors',
  'jwt-key-rotation',
  'token-partitions',
  'slow-readers',
  'revocation-faults',
  'audit-tampering',
  'setup',
  'invitation-races',
].map((name) => `/test/${name}.e2e-spec.ts`);

/** Jest's own order, in which what is known to take long comes first. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ path, duration }) {
  const place = LONGEST.findIndex((name) => path.endsWith(name));
  return duration === undefined && place >= 0 ? place : LONGEST.length;
}
