const RULES = { file: 'src/api-keys/issuance/key-rules.ts', tests: ['test/key-policies'] };
const CHANGES = { file: 'src/api-keys/key-changes.service.ts', tests: ['test/key-changes'] };
const ROTATION = {
  file: 'src/api-keys/issuance/key-rotation.service.ts',
  tests: ['test/key-rotation'],
};

/** What may become of a key, and how many there may be. */
export const MUTANTS = [
  {
    ...RULES,
    name: 'keys are counted and then made (check, then insert)',
    rows: ['S30'],
    find: `    await this.manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      \`active keys \${organizationId}\`,
    ]);
`,
    replace: '',
    testNamePattern: 'at the same time',
  },
  {
    ...RULES,
    name: 'a policy that only reports refuses nothing and says nothing',
    rows: ['S31'],
    find: 'if (this.policies.judge(policy, complaintOf)) this.wouldBlock.add(policy);',
    replace: 'this.policies.judge(policy, complaintOf);',
    testNamePattern: 'only reports',
  },
  {
    ...RULES,
    name: 'a key without an end lives for no time at all',
    rows: ['S31'],
    find: '(expiresAt?.getTime() ?? Infinity) > latest',
    replace: '(expiresAt?.getTime() ?? 0) > latest',
    testNamePattern: 'max_key_lifetime_days',
  },
  {
    ...CHANGES,
    name: 'a key is widened',
    rows: ['S31'],
    find: 'if (added.length > 0) throw new ScopesNotNarrower(added);',
    replace: 'void added;',
    testNamePattern: 'narrows',
  },
  {
    ...CHANGES,
    name: 'a key is enabled by those who hold less',
    rows: ['S31', 'A68'],
    find: 'if (!isLoosened(settingsOf(before), after)) return;',
    replace: 'if (after.isEnabled || !isLoosened(settingsOf(before), after)) return;',
    testNamePattern: 'S31',
  },
  {
    ...CHANGES,
    name: 'a key changes itself',
    rows: ['S31', 'A68'],
    find: `if (actor.kind === 'api_key' && actor.id === id) throw new CannotChangeItself();`,
    replace: '',
    testNamePattern: 'never for the key itself',
  },
  {
    ...CHANGES,
    name: 'a revoked key comes back',
    rows: ['S31'],
    find: 'if (before.isRevoked(now) || before.hasExpired(now)) throw new KeyNotActive();',
    replace: 'if (before.hasExpired(now)) throw new KeyNotActive();',
    testNamePattern: 'dead keys',
  },
  {
    ...ROTATION,
    name: 'whoever rotates holds what he likes',
    rows: ['S31', 'A68'],
    find: 'this.grants.assertHeld(actor, draft);',
    replace: '',
    testNamePattern: 'S31',
  },
  {
    ...ROTATION,
    name: 'a rotated key is rotated again',
    rows: ['S31'],
    find: 'if (old.replacedById !== null) throw new AlreadyRotated();',
    replace: '',
    testNamePattern: 'happens once',
  },
  {
    ...ROTATION,
    name: 'the old key lives longer than it would have',
    rows: ['S31'],
    find: 'const end = earlier(old.expiresAt, ',
    replace: 'const end = earlier(null, ',
    testNamePattern: 'longer than it would have',
  },
  {
    file: 'src/api-keys/locked-key.ts',
    name: 'a key is rotated by two at the same time',
    rows: ['S31'],
    find: `    lock: { mode: 'for_no_key_update' },\n`,
    replace: '',
    tests: ['test/key-rotation'],
    testNamePattern: '20 at the same time',
  },
  {
    file: 'src/migrations/1795344045000-tell-active-keys.ts',
    tests: ['test/active-keys'],
    name: 'a key that was not picked up in time is active in SQL',
    rows: [],
    find: `AND ("key"."must_be_used_by" IS NULL OR "key"."must_be_used_by" > "at")`,
    replace: '',
  },
];
