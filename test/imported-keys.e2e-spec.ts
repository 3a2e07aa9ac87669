import type { FoundCredentialList } from '../src/operators/credential-lookup.dto.js';
import { changeKey, expireKey, rotateKey, worksAtApi } from './support/api-keys.js';
import type { HashName } from './support/imports.js';
import {
  foreignKey,
  HASH_NAMES,
  importedKey,
  importKeys,
  isMoved,
  newPrefix,
  SLOW_HASHES,
  tryToImport,
  verdictOn,
} from './support/imports.js';
import { ask, call, inDatabase, newOrganization } from './support/keycap.js';
import { introspect } from './support/oauth-endpoints.js';
import { mustOperate } from './support/operator.js';
import { HOST } from './support/resource-servers.js';

/** Made by libxcrypt and Python's hashlib. */
const VECTORS = [
  [
    'sha256',
    'acme_live.Vector-1',
    'ce09cfe9fc78760c36afd4e76eb7bf74c6836748ec1137bc950c975e59817ee9',
  ],
  ['sha256', 'acme_live.Vector-2', '3XIS7dmtutcp8bXLbyDtY9ZkFvajWZ45QasY8eK1uIw'],
  [
    'sha512',
    'acme_live.Vector-3',
    '2e51731482c06db2da96cb43aa802e996823562950b1e8feb06f63ae81b8da10660f820cf7cf259b4c1c6bdc1096c427e134ee4116f6359ca2121238d4d804a3',
  ],
  ['bcrypt', 'acme_live.Vector-4', '$2b$05$abcdefghijklmnopqrstuuVPZS6UJhv/labDjP3nulca6pORyjn/K'],
  ['bcrypt', 'acme_live.Vector-5', '$2y$04$ABCDEFGHIJKLMNOPQRSTUu9UzdtGu/6B1pXo24CIy/LA5a9JRqIJi'],
  [
    'pbkdf2_sha256',
    'acme_live.Vector-6',
    'pbkdf2_sha256$1200$AbCdEf0123456789AbCdEf$INczJIK/RUC20f1/6ApRg6dxVqJ6D7KRNcDrn4neLEc=',
  ],
] as const;

describe('an imported key', () => {
  it('is known by what other programs have stored of it', async () => {
    const organization = await newOrganization();
    const keys = await importKeys(
      organization,
      VECTORS.map(([algorithm, , hash]) => ({
        ...{ name: 'Acme', scopes: ['credentials:read'], key_prefix: 'acme_live.' },
        ...{ algorithm, hash },
      })),
    );
    for (const [index, [, plaintext]] of VECTORS.entries()) {
      const { code, api_key } = await verdictOn(plaintext);
      expect([code, api_key?.id]).toEqual(['valid', keys[index]!.id]);
    }
    expect((await verdictOn('acme_live.Vector-7')).code).toBe('not_found');
  });

  it.each(HASH_NAMES)('works everywhere, by %s', async (hash: HashName) => {
    const organization = await newOrganization();
    const ways: ((plaintext: string) => Promise<unknown>)[] = [
      async (plaintext) => worksAtApi(plaintext),
      async (plaintext) =>
        (await call('GET', '/v1/me', { headers: { 'x-api-key': plaintext } })).status === 200,
      async (plaintext) => (await verdictOn(plaintext)).code === 'valid',
      async (plaintext) => (await introspect(HOST, plaintext)).body.active,
      async (plaintext) =>
        (
          await mustOperate<FoundCredentialList>('POST', '/credentials/lookup', {
            body: { credential: plaintext },
          })
        ).credentials[0]?.state === 'active',
    ];
    for (const way of ways) {
      const { plaintext, key } = await importedKey(organization, hash);
      expect((await isMoved(key))[0]).toBe(false);
      expect(await way(plaintext)).toBe(true);
      expect(await isMoved(key)).toEqual([true, true]);
      expect(await way(plaintext)).toBe(true);
      expect(await way(`${plaintext}0`)).toBe(false);
      expect(await way(plaintext.slice(0, -1))).toBe(false);
    }
  });

  it('holds what it was given', async () => {
    const organization = await newOrganization();
    const { plaintext } = await importedKey(organization, undefined, { scopes: ['api_keys:read'] });
    expect((await verdictOn(plaintext, { scope: 'api_keys:read' })).code).toBe('valid');
    expect((await verdictOn(plaintext, { scope: 'api_keys:write' })).code).toBe('scope_missing');
    expect((await call('GET', `${organization.path}/api-keys`, { as: plaintext })).status).toBe(
      200,
    );
    const other = await newOrganization();
    expect((await call('GET', `${other.path}/api-keys`, { as: plaintext })).status).toBe(404);
  });

  it.each(SLOW_HASHES)('is moved once when it is used 20 times at once, by %s', async (hash) => {
    const organization = await newOrganization();
    const { plaintext, key } = await importedKey(organization, hash);
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdictOn(plaintext)));
    expect(new Set(verdicts.map(({ code, api_key }) => `${code} ${api_key?.id}`))).toEqual(
      new Set([`valid ${key.id}`]),
    );
    expect(await isMoved(key)).toEqual([true, true]);
  });

  it('says what became of it, also before it was ever used', async () => {
    const organization = await newOrganization();
    const prefix = newPrefix();
    const made = () => importedKey(organization, 'bcrypt', { prefix });
    const [disabled, revoked, expired] = [await made(), await made(), await made()];
    await changeKey(organization, disabled.key.id, { is_active: false });
    const path = `${organization.path}/api-keys/${revoked.key.id}`;
    await ask('DELETE', path, { as: organization.owner.session });
    await expireKey(expired.key.id);
    for (const [{ plaintext }, code] of [
      [disabled, 'disabled'],
      [revoked, 'revoked'],
      [expired, 'expired'],
    ] as const) {
      expect((await verdictOn(plaintext)).code).toBe(code);
      expect((await verdictOn(plaintext)).code).toBe(code);
      expect(await worksAtApi(plaintext)).toBe(false);
    }
  });

  it('is imported no second time when it was used', async () => {
    const organization = await newOrganization();
    for (const hash of ['bcrypt', 'sha512'] as const) {
      const { plaintext, row } = foreignKey(hash);
      await importKeys(organization, [row]);
      expect(await worksAtApi(plaintext)).toBe(true);
      const { body } = await tryToImport(organization, [row]);
      expect(body.results[0]!.code).toBe('already_imported');
    }
  });

  it('that was imported under two hashes is one of the two, for ever', async () => {
    const organization = await newOrganization();
    const { plaintext, key } = await importedKey(organization, 'bcrypt');
    const again = foreignKey('argon2id', { prefix: key.key_prefix });
    const { hashSync } = await import('@node-rs/bcrypt');
    const twice = { ...again.row, algorithm: 'bcrypt', hash: hashSync(plaintext, 4) };
    const [second] = await importKeys(organization, [twice]);
    const verdicts = await Promise.all([verdictOn(plaintext), verdictOn(plaintext)]);
    const ids = new Set(verdicts.map(({ code, api_key }) => `${code} ${api_key?.id}`));
    expect(ids.size).toBe(1);
    expect([`valid ${key.id}`, `valid ${second!.id}`]).toContain([...ids][0]);
  });

  it('is replaced by one of our own when it is rotated', async () => {
    const organization = await newOrganization();
    for (const isUsed of [false, true]) {
      const { plaintext, key } = await importedKey(organization, 'bcrypt');
      if (isUsed) await verdictOn(plaintext);
      const { status, body } = await rotateKey(organization, key.id, { overlap_seconds: 60 });
      expect(status).toBe(201);
      expect(body.plaintext_api_key).toMatch(/^capy_live_/);
      expect(body.api_key).toMatchObject({ source: 'api', rotated_from_id: key.id });
      expect(await worksAtApi(body.plaintext_api_key)).toBe(true);
      expect(await worksAtApi(plaintext)).toBe(true);
    }
  });

  it.each(['bcrypt', 'sha512'] as const)(
    'is no key to those who may not see it, by %s',
    async (hash) => {
      const [organization, other] = [await newOrganization(), await newOrganization()];
      const { plaintext, key } = await importedKey(organization, hash);
      const as = await other.token(['introspection']);
      const foreign = await verdictOn(plaintext, { as });
      expect(foreign).toEqual(
        await verdictOn(foreignKey().plaintext.replace(/^x\w{8}_/, key.key_prefix), { as }),
      );
      expect(foreign.code).toBe('not_found');
      expect((await isMoved(key))[0]).toBe(false);
      const own = await organization.token(['introspection']);
      expect((await verdictOn(plaintext, { as: own })).code).toBe('valid');
      expect(await verdictOn(plaintext, { as })).toEqual(foreign);
    },
  );

  it('ends with its organization', async () => {
    const organization = await newOrganization();
    const [used, unused] = [
      await importedKey(organization),
      await importedKey(organization, 'bcrypt'),
    ];
    await verdictOn(used.plaintext);
    await inDatabase('UPDATE organizations SET deleted_at = now() WHERE slug = $1', [
      organization.slug,
    ]);
    expect((await verdictOn(used.plaintext)).code).toBe('not_found');
    expect((await verdictOn(unused.plaintext)).code).toBe('not_found');
    expect((await isMoved(unused.key))[0]).toBe(false);
  });
});

describe('what begins as no imported key', () => {
  it.each([
    'y0000000_never-imported',
    'capy_live_x1Y2-imported',
    'capy_live_000000000000000000000000000000003UFVO6',
    'no prefix at all',
  ])('%s is malformed', async (text) => {
    expect((await verdictOn(text)).code).toBe('malformed');
    expect(await worksAtApi(text)).toBe(false);
  });

  it('is never one, though its hash was imported', async () => {
    const organization = await newOrganization();
    const { plaintext, row } = foreignKey();
    const { row: other } = foreignKey();
    await importKeys(organization, [{ ...row, key_prefix: other.key_prefix }]);
    expect((await verdictOn(plaintext)).code).toBe('malformed');
  });
});
