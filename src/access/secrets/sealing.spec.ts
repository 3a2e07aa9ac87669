import { randomBytes } from 'node:crypto';
import { Sealer } from './sealing.js';
import { SecretHasher } from './secret.js';

const newSecret = (): string => randomBytes(32).toString('base64url');
const sealerOf = (secret: string, former: readonly string[] = []): Sealer =>
  new Sealer(new SecretHasher(secret, former));

const secret = newSecret();
const sealer = sealerOf(secret);
const row = randomBytes(32);
const text = '{"plaintext_api_key":"capy_live_ä"}';

describe('a sealed value', () => {
  const sealed = sealer.seal('idempotency', row, text);

  it('opens in the row it was sealed for, in every process', () => {
    expect(sealer.open('idempotency', row, sealed)).toBe(text);
    expect(sealerOf(secret).open('idempotency', row, sealed)).toBe(text);
  });

  it('shows nothing of itself, and never looks the same twice', () => {
    expect(sealed.toString('latin1')).not.toContain('capy');
    const again = sealer.seal('idempotency', row, text);
    // Alike are the eight bytes that name the key; a vector used twice would betray both texts.
    expect(again.subarray(0, 8).equals(sealed.subarray(0, 8))).toBe(true);
    expect(again.subarray(8, 20).equals(sealed.subarray(8, 20))).toBe(false);
    expect(again.subarray(36).equals(sealed.subarray(36))).toBe(false);
  });

  it('S56: opens neither in another row, nor under another master secret, nor changed', () => {
    expect(sealer.open('idempotency', randomBytes(32), sealed)).toBeNull();
    expect(sealerOf(newSecret()).open('idempotency', row, sealed)).toBeNull();
    for (const index of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(sealer.open('idempotency', row, changed)).toBeNull();
    }
    for (const length of sealed.keys()) {
      expect(sealer.open('idempotency', row, sealed.subarray(0, length))).toBeNull();
    }
  });

  it('A43: sealed for one purpose never opens for another', () => {
    expect(sealer.open('signing key', row, sealed)).toBeNull();
    const key = sealer.seal('signing key', row, text);
    expect(sealer.open('idempotency', row, key)).toBeNull();
    // Not even where it claims to be of that purpose.
    const relabelled = Buffer.concat([sealed.subarray(0, 8), key.subarray(8)]);
    expect(sealer.open('idempotency', row, relabelled)).toBeNull();
    expect(sealer.open('signing key', row, relabelled)).toBeNull();
  });

  it('still opens when its master secret is a former one, and is then not current', () => {
    const successor = sealerOf(newSecret(), [newSecret(), secret]);
    expect(successor.open('idempotency', row, sealed)).toBe(text);
    expect(successor.isCurrent('idempotency', sealed)).toBe(false);
    expect(sealer.isCurrent('idempotency', sealed)).toBe(true);
    const anew = successor.seal('idempotency', row, text);
    expect(successor.isCurrent('idempotency', anew)).toBe(true);
    expect(sealer.open('idempotency', row, anew)).toBeNull();
  });
});
