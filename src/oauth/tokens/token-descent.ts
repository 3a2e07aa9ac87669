import { type TokenDescent } from '../../access/principal.js';

type Generations = Omit<TokenDescent, 'secretId'>;

/** What a token descends from, by the number that says which generation of it. */
const ANCESTORS: Readonly<Record<keyof Generations, string>> = {
  organizationGeneration: 'organization',
  clientGeneration: 'client',
  secretGeneration: 'secret',
};

/** Why a token of `then` is dead where the generations are `now`; null where it is not. */
export function whyOutlived(then: Generations, now: Generations): string | null {
  const names = Object.keys(ANCESTORS) as (keyof Generations)[];
  const outlived = names.find((name) => then[name] !== now[name]);
  return outlived === undefined ? null : `all tokens of the ${ANCESTORS[outlived]} were revoked`;
}
