import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { ValidationFailed } from '../../problem.js';
import { type FoundKey } from './leak-reports.service.js';

const alert = z.object({
  token: z.string().min(1).max(512),
  type: z.string().max(200),
  url: z.string().max(2000).nullish(),
});
const alerts = z.array(alert).max(1000);

/** A string that GitHub's secret scanning has found. */
export interface GithubAlert extends FoundKey {
  readonly type: string;
}

/** A message of GitHub's secret scanning as it came. */
export interface SignedMessage {
  readonly body: Buffer;
  readonly keyIdentifier: string | undefined;
  /** Base64 of an ECDSA signature over the body (P-256, SHA-256, DER). */
  readonly signature: string | undefined;
}

/** What GitHub sends to partners of its secret scanning, and that it comes from GitHub. */
@Injectable()
export class GithubAlerts {
  private readonly keys: ReadonlyMap<string, KeyObject>;

  constructor(@Inject(RUNTIME) { config }: Runtime) {
    this.keys = new Map(
      config.githubScanningKeys.map(({ key_identifier, key }) => [
        key_identifier,
        createPublicKey(key),
      ]),
    );
  }

  /** Whether the deployment takes them at all. */
  get areExpected(): boolean {
    return this.keys.size > 0;
  }

  isGenuine({ body, keyIdentifier, signature }: SignedMessage): boolean {
    const key = this.keys.get(keyIdentifier ?? '');
    // Without a body there are no bytes.
    if (!key || signature === undefined || !Buffer.isBuffer(body)) return false;
    return verify('sha256', body, key, Buffer.from(signature, 'base64'));
  }

  /** @throws ValidationFailed for what is no list of alerts */
  read(body: Buffer): GithubAlert[] {
    const parsed = alerts.safeParse(jsonOf(body));
    if (!parsed.success) {
      throw new ValidationFailed({ body: ['body must be a list of {"token","type","url"}'] });
    }
    return parsed.data.map(({ token, type, url }) => ({
      plaintext: token,
      type,
      sourceUrl: url ?? null,
    }));
  }
}

/** By which GitHub knows a string again. */
export function hashOf({ plaintext }: GithubAlert): string {
  return createHash('sha256').update(plaintext).digest('base64');
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
