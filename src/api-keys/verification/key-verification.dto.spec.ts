import 'reflect-metadata';
import { ApiKey } from '../api-key.entity.js';
import { KeyVerificationAnswer } from './key-verification.dto.js';
import { KnownKey } from './known-key.js';
import { type OutcomeCode, type Verdict } from './verdict.js';

const CREATED = new Date('2026-11-25T10:00:00.000Z');
const ID = '01939a5d-ac96-774b-bcce-b302099a8057';

const NO_RULES = { allowedCidrs: null, allowedScopes: null, boundToCreator: false };

function keyWith(fields: Partial<ApiKey>): KnownKey {
  const key = Object.assign(new ApiKey(), {
    id: ID,
    organizationId: ID,
    projectId: null,
    createdByUserId: ID,
    name: 'CI "deploys" \u2028',
    keyPrefix: 'capy_live_x1Y2',
    scopes: ['backups:read'],
    source: 'api',
    environment: 'live',
    deviceName: null,
    ipAllowlist: null,
    rateLimit: null,
    metadata: { team: 'data' },
    createdAt: CREATED,
    expiresAt: null,
    disabledAt: null,
    revokedAt: null,
    mustBeUsedBy: null,
    lastUsedAt: null,
    rotatedFromId: null,
    replacedById: null,
    ...fields,
  });
  return new KnownKey(key, false, { enforced: NO_RULES, reported: NO_RULES }, 'owner');
}

function verdictOf(code: OutcomeCode, known: KnownKey, remaining?: number): Verdict {
  const rateLimit =
    remaining === undefined
      ? null
      : { limit: 100, windowSeconds: 60, remaining, resetAt: CREATED, secondsLeft: 9 };
  return {
    code,
    key: known.key,
    known,
    judgedAt: CREATED,
    rateLimit,
    rights: new Set(),
    needs: () => undefined,
  };
}

describe('the JSON of a verification', () => {
  const good = keyWith({});
  const other = keyWith({ name: 'another', expiresAt: new Date('2027-01-01T00:00:00.000Z') });
  const disabled = keyWith({ disabledAt: CREATED });

  it.each<[string, Verdict]>([
    ['a good key', verdictOf('valid', good)],
    ['the same once more, with what is left of its limit', verdictOf('valid', good, 99)],
    ['the same with less', verdictOf('valid', good, 98)],
    ['another good key', verdictOf('valid', other)],
    ['the first one where it is refused', verdictOf('scope_missing', good)],
    ['a disabled key', verdictOf('disabled', disabled)],
    ['no key', { code: 'not_found', key: null }],
  ])('says what the answer says: %s', (_, verdict) => {
    const { text } = KeyVerificationAnswer.json(verdict);
    expect(JSON.parse(text)).toEqual(KeyVerificationAnswer.of(verdict));
    expect(text).toBe(JSON.stringify(KeyVerificationAnswer.of(verdict)));
  });

  it('is the same where that of the key is kept, and is not told of a key that is refused', () => {
    const known = keyWith({ name: 'asked for often' });
    const told = new Set<string>();
    for (let time = 0; time < 100; time++) {
      told.add(KeyVerificationAnswer.json(verdictOf('valid', known)).text);
    }
    expect(known.json).not.toBeNull();
    expect([...told]).toEqual([
      JSON.stringify(KeyVerificationAnswer.of(verdictOf('valid', known))),
    ]);
    const revoked = keyWith({ revokedAt: CREATED });
    revoked.json = known.json;
    const { text } = KeyVerificationAnswer.json(verdictOf('revoked', revoked));
    expect(text).toBe(JSON.stringify(KeyVerificationAnswer.of(verdictOf('revoked', revoked))));
  });
});
