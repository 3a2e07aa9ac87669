const CHECKS = { file: 'src/api-keys/verification/key-checks.ts' };
const FOUND = { file: 'src/api-keys/verification/known-keys.ts' };
const READ = { file: 'src/api-keys/verification/known-key-reader.ts' };
const RIGHTS = { file: 'src/api-keys/verification/key-rights.ts' };
const VERDICTS = { file: 'src/api-keys/verification/key-verification.service.ts' };
const WINDOWS = { file: 'src/api-keys/verification/limits/key-windows.ts' };
const SHARES = { file: 'src/api-keys/verification/limits/key-limits.ts' };

const IN_ORDER = {
  tests: ['test/api-key-verification'],
  testNamePattern: 'names the first reason',
};
const POLICIES = { tests: ['test/api-key-policies-in-use'] };
const LIMITS = { tests: ['test/api-key-limits'] };

/** Judging API keys, their limits, and what is counted of it. */
export const MUTANTS = [
  {
    ...CHECKS,
    ...IN_ORDER,
    name: 'a key of a suspended organization is good',
    rows: ['contract 4'],
    find: `known.organizationSuspended ? 'the organization is suspended' : null`,
    replace: `known.organizationSuspended ? null : null`,
  },
  {
    ...CHECKS,
    ...IN_ORDER,
    name: 'a disabled key is good',
    rows: ['contract 4'],
    find: 'key.disabledAt && `it was disabled at ${key.disabledAt.toISOString()}`',
    replace: 'key.disabledAt && null',
  },
  {
    ...CHECKS,
    ...IN_ORDER,
    name: 'a revoked key is good',
    rows: ['contract 4'],
    find: 'return since && `it was revoked at ${since.toISOString()}`;',
    replace: 'return since && null;',
  },
  {
    ...CHECKS,
    ...IN_ORDER,
    name: 'an expired key is good',
    rows: ['contract 4'],
    find: `if (!key.expiresAt || !key.hasExpired(now)) return null;`,
    replace: `if (!key.expiresAt || now.getTime() > 0) return null;`,
  },
  {
    ...CHECKS,
    name: 'a key with CIDRs is good where no address is told',
    rows: ['contract 4'],
    find: `return ip !== null && AddressRanges.of(cidrs).include(ip);`,
    replace: `return ip === null || AddressRanges.of(cidrs).include(ip);`,
    tests: ['test/api-key-verification'],
    testNamePattern: 'judges the address that it is told',
  },
  {
    ...CHECKS,
    ...POLICIES,
    name: 'the policy allowed_cidrs does not bind',
    rows: ['contract 3'],
    find: `return permitsAddress(allowedCidrs, ip) ? null`,
    replace: `return permitsAddress(allowedCidrs && null, ip) ? null`,
    testNamePattern: 'allowed_cidrs',
  },
  {
    ...CHECKS,
    name: 'a key serves projects of other organizations',
    rows: ['S28', 'A70'],
    find: `isThere ? null : 'the organization has no such project'`,
    replace: `isThere ? null : null`,
    tests: ['test/api-key-verification'],
    testNamePattern: 'confines a key to its project',
  },
  {
    ...CHECKS,
    name: 'a key of a project serves the others',
    rows: ['A68'],
    find: `if (key.projectId !== null) return 'the key is confined to another project';`,
    replace: ``,
    tests: ['test/api-key-verification'],
    testNamePattern: 'confines a key to its project',
  },
  {
    ...CHECKS,
    ...IN_ORDER,
    name: 'scopes are not looked at',
    rows: ['contract 4'],
    find: `this.rights.whyLacks(known, scopes)`,
    replace: `this.rights.whyLacks(known, scopes.slice(0, 0))`,
  },
  {
    ...CHECKS,
    ...LIMITS,
    name: 'limits are not kept',
    rows: ['contract 4'],
    find: `if (!taking || taking.isWithin) return null;`,
    replace: `if (!taking || taking.isWithin || cost > 0) return null;`,
    testNamePattern: 'is valid so often',
  },
  {
    ...CHECKS,
    ...LIMITS,
    name: 'what is refused for another reason costs as well',
    rows: ['contract 4'],
    find: `readonly inOrder: readonly KeyCheck[] = [`,
    replace: `readonly inOrder: readonly KeyCheck[] = [
    { name: 'limit', code: 'rate_limited', whyNot: limitIsReached },`,
    testNamePattern: 'loses nothing by uses',
  },
  {
    file: 'src/api-keys/verification/key-verification.controller.ts',
    name: 'a key of another organization is found',
    rows: ['S28', 'A70'],
    find: `isMachine(principal) ? principal.organizationId : null`,
    replace: `isMachine(principal) ? null : null`,
    tests: ['test/api-key-verification', 'test/api-key-verify-batch'],
    testNamePattern: 'of another organization',
  },
  {
    ...RIGHTS,
    ...POLICIES,
    name: 'the policy allowed_scopes does not bind keys that are there already',
    rows: ['contract 3'],
    find: `if (allowedScopes) {`,
    replace: `if (allowedScopes?.length === 0) {`,
    testNamePattern: 'allowed_scopes',
  },
  {
    ...RIGHTS,
    ...POLICIES,
    name: 'keys whose maker is gone keep their rights',
    rows: ['S31', 'A36'],
    find: `if (boundToCreator && key.createdByUserId !== null) {`,
    replace: `if (boundToCreator && makerRole !== null) {`,
    testNamePattern: 'bound_to_creator',
  },
  {
    ...READ,
    ...POLICIES,
    name: 'a paused maker lends his rights',
    rows: ['S31'],
    find: `maker.organization_id = k.organization_id AND maker.status = 'active'`,
    replace: `maker.organization_id = k.organization_id`,
    testNamePattern: 'paused',
  },
  {
    ...READ,
    ...POLICIES,
    name: "a maker's place in another organization counts",
    rows: ['S28', 'A76'],
    find: `maker.organization_id = k.organization_id AND maker.status = 'active'`,
    replace: `maker.status = 'active'`,
    testNamePattern: "maker's place",
  },
  {
    ...VERDICTS,
    ...LIMITS,
    name: 'every use costs one',
    rows: ['contract 4'],
    find: `this.limits.take(this.known.key, this.use.cost ?? 1)`,
    replace: `this.limits.take(this.known.key, 1)`,
    testNamePattern: 'takes what a use costs',
  },
  {
    ...WINDOWS,
    ...LIMITS,
    name: 'a window is read first and written then',
    rows: ['row 8'],
    find: `const [row] = await this.transactions.outside.query<WindowRow[]>(TAKE, parameters);`,
    replace: `void [TAKE, parameters];
    const left = (await this.read(keyId, { limit, windowSeconds }))?.left ?? limit;
    const share = need > left ? 0 : Math.max(need, Math.floor(left / PART));
    const [row] = await this.transactions.outside.query<WindowRow[]>(
      \`INSERT INTO api_key_windows AS w (key_id, started_at, taken, granted)
       VALUES ($1, now(), $2, $3)
       ON CONFLICT (key_id) DO UPDATE SET taken = $2, granted = $3
       RETURNING started_at, started_at + make_interval(secs => $4) AS ends_at, taken, granted,
         (extract(epoch FROM started_at + make_interval(secs => $4) - now()) * 1000)::float8
           AS ms_left\`,
      [keyId, limit - left + share, share, windowSeconds],
    );`,
    testNamePattern: 'two servers',
  },
  {
    ...SHARES,
    ...LIMITS,
    name: 'each server keeps a limit of its own',
    rows: ['contract 4'],
    find: `share.own = kept + (lease?.granted ?? 0);`,
    replace: `share.own = kept + (lease ? rateLimit.limit : 0);`,
    testNamePattern: 'two servers',
  },
  {
    ...SHARES,
    ...LIMITS,
    name: 'a limit that was changed counts from the next window on',
    rows: ['contract 4'],
    find: `return share.limit === limit && share.windowSeconds === windowSeconds ? share : undefined;`,
    replace: `return limit > 0 && windowSeconds > 0 ? share : undefined;`,
    testNamePattern: 'has its new limit',
  },
  {
    file: 'src/api-keys/verification/key-explanation.service.ts',
    name: 'an explanation takes of the limit',
    rows: ['contract 4'],
    find: `this.limits.look(known.key`,
    replace: `this.limits.take(known.key`,
    tests: ['test/api-key-explain'],
    testNamePattern: 'takes nothing of the limit',
  },
  {
    file: 'src/api-keys/verification/api-key.strategy.ts',
    ...LIMITS,
    name: "a key beyond its limit gets 401 at Keycap's own API",
    rows: ['contract 1'],
    find: `if (code === 'rate_limited') {`,
    replace: `if (code !== 'valid' && code === 'expired') {`,
    testNamePattern: 'refused beyond it with 429',
  },
  {
    ...VERDICTS,
    name: 'refused uses are not counted',
    rows: ['contract 4'],
    find: `else this.uses.refused(key, code, now);`,
    replace: ``,
    tests: ['test/api-key-usage'],
    testNamePattern: 'counts by outcome',
  },
  {
    file: 'src/api-keys/usage/daily-counts.ts',
    name: 'what was counted is lost when the server stops',
    rows: ['contract 4'],
    find: `await this.writer.close();`,
    replace: `await Promise.resolve();`,
    tests: ['test/api-key-usage'],
    testNamePattern: 'when it stops',
  },
  {
    file: 'src/api-keys/usage/daily-counts.ts',
    name: 'a later batch of the day replaces an earlier one',
    rows: ['contract 4'],
    find: `SET uses = usage.uses + excluded.uses,`,
    replace: `SET uses = excluded.uses,`,
    tests: ['test/api-key-usage'],
    testNamePattern: 'uses of a key that was replaced',
  },
  {
    ...FOUND,
    name: 'an unknown key is looked up twice',
    rows: ['A71'],
    find: `const found = await this.reader.byDigests(digests, organizationId);`,
    replace: `const found = await this.reader.byDigests(digests, organizationId);
    if (found.size === 0) await this.reader.byDigests(digests, organizationId);`,
    tests: ['test/api-key-probing'],
    testNamePattern: 'costs the same',
  },
];
