import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import { randomText } from './keycap.js';

/** A key of an issuer, and what it signs with it. */
export interface IssuerKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function newIssuerKey(alg = 'ES256', more: JWK = {}): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `kid-${randomText()}`;
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig', ...more };
  return { alg, kid, privateKey, publicJwk };
}

export const seconds = (): number => Math.floor(Date.now() / 1000);

/** An identity provider on loopback. */
export class TestIssuer {
  /** What it publishes; changed, it is another set at the next fetch. */
  keys: JWK[];
  /** How often it was asked for its keys. */
  fetches = 0;
  /** What it answers instead, where that is set. */
  answer: RequestListener | null = null;

  private constructor(
    readonly url: string,
    readonly key: IssuerKey,
    readonly rsa: IssuerKey,
    readonly ed: IssuerKey,
    readonly close: () => Promise<void>,
  ) {
    this.keys = [key, rsa, ed].map(({ publicJwk }) => publicJwk);
  }

  static async open(): Promise<TestIssuer> {
    const [key, rsa, ed] = await Promise.all(
      ['ES256', 'RS256', 'EdDSA'].map((alg) => newIssuerKey(alg)),
    );
    const server = createServer((request, response) => issuer.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const close = (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    const issuer = new TestIssuer(`http://127.0.0.1:${port}`, key!, rsa!, ed!, close);
    return issuer;
  }

  /** An entry of KEYCAP_SESSION_ISSUERS. */
  entry(more: object = {}): object {
    return { issuer: this.url, jwks_url: `${this.url}/jwks.json`, audience: ['app'], ...more };
  }

  /** The claims of a good token of someone who is new, unless they are changed. */
  claims(changes: object = {}): Record<string, unknown> {
    const now = seconds();
    return {
      iss: this.url,
      aud: 'app',
      sub: `user_${randomText()}`,
      iat: now,
      exp: now + 60,
      ...changes,
    };
  }

  /** A token; members that are undefined are left out. */
  token(changes: object = {}, header: object = {}, key = this.key): Promise<string> {
    return signed(JSON.stringify(this.claims(changes)), header, key);
  }

  private serve(...[request, response]: Parameters<RequestListener>): void {
    this.fetches += 1;
    if (this.answer) {
      this.answer(request, response);
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: this.keys }));
  }
}

/** A payload as it stands, signed. */
export function signed(payload: string, header: object, key: IssuerKey): Promise<string> {
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}
