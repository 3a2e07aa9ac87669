import passport from 'passport';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import { Unauthenticated } from '../access.errors.js';
import { type CredentialRequest, CredentialStrategyOf } from './credential-strategy.js';
import { type Principal } from '../principal.js';

const PRINCIPAL: Principal = { kind: 'operator', name: 'support' };

class SomeStrategy extends CredentialStrategyOf(HttpBearerStrategy, 'some') {
  override accepts(): boolean {
    return true;
  }

  override identify({ id }: CredentialRequest): Principal {
    if (id === 'good') return PRINCIPAL;
    throw new Unauthenticated('no such credential');
  }
}

/** As any middleware that goes by passport would ask. */
function askPassport(id: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, principal: unknown): void => {
      if (error) reject(error);
      else resolve(principal);
    };
    const run = passport.authenticate('some', { session: false }, done) as (
      ...parameters: unknown[]
    ) => void;
    run({ id, headers: {} }, {}, reject);
  });
}

describe('a credential strategy', () => {
  beforeAll(() => new SomeStrategy());

  it('is one of passport, which gets its principal', async () => {
    await expect(askPassport('good')).resolves.toBe(PRINCIPAL);
  });

  it('gives passport the refusal itself, with status and reason', async () => {
    await expect(askPassport('bad')).rejects.toMatchObject({
      status: 401,
      reason: 'no such credential',
    });
  });
});
