import { createHmac } from 'node:crypto';

const PEPPER = Buffer.alloc(32, 7);

/** What a credential is answered, found by one keyed hash (HMAC-SHA-256). */
export class LookUp {
  /** @param config `credentials`, and `answers`: what Keycap answers to each of them */
  constructor({ credentials, answers }) {
    this.answers = new Map(credentials.map((each, index) => [digest(each), answers[index]]));
  }

  find(credential) {
    return this.answers.get(digest(credential)) ?? { valid: false };
  }
}

const digest = (credential) => createHmac('sha256', PEPPER).update(credential).digest('latin1');
