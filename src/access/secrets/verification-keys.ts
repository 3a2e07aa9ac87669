import { type CryptoKey, importJWK, type JWK } from 'jose';

/** The curve that an algorithm signs on, where it is for one. */
const CURVES: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
  Ed25519: 'Ed25519',
};

/**
 * The keys of a set that may have made a signature: of the `kid` that its header names, if it does,
 * and for signing by its algorithm.
 */
export async function verificationKeys(
  keys: readonly object[],
  { algorithm, keyId }: { readonly algorithm: string; readonly keyId: string | undefined },
): Promise<CryptoKey[]> {
  const fitting = keys.filter((key) => fits(key as JWK, algorithm, keyId));
  const imported = await Promise.allSettled(
    fitting.map((key) => importJWK(key as JWK, algorithm) as Promise<CryptoKey>),
  );
  return imported.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function fits(key: JWK, algorithm: string, keyId: string | undefined): boolean {
  const isOfKind =
    algorithm in CURVES ? key.crv === CURVES[algorithm] : key.kty === 'RSA' && key.n !== undefined;
  return (
    isOfKind &&
    (keyId === undefined || key.kid === keyId) &&
    (key.alg === undefined || key.alg === algorithm) &&
    (key.use === undefined || key.use === 'sig') &&
    (key.key_ops === undefined || key.key_ops.includes('verify'))
  );
}
