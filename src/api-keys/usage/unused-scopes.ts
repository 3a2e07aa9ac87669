import { Injectable } from '@nestjs/common';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';

/** Which scopes of a key are there for nothing: no use has asked for them. */
@Injectable()
export class UnusedScopes {
  /** By scope, the others whose need is a need of it too. */
  private readonly needs: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(catalogue: ScopeCatalogue) {
    this.needs = needsOf(catalogue);
  }

  /** Those of `scopes` that none of `needed` is a need of. */
  of(scopes: readonly string[], needed: readonly string[]): string[] {
    return scopes.filter(
      (scope) => !needed.some((each) => each === scope || this.needs.get(scope)?.has(each)),
    );
  }

  /** The same as a relation, for queries: the needs of each scope, itself left out. */
  relation(): { readonly granted: readonly string[]; readonly needed: readonly string[] } {
    const pairs = [...this.needs].flatMap(([scope, others]) =>
      [...others].map((other) => [scope, other] as const),
    );
    return {
      granted: pairs.map(([granted]) => granted),
      needed: pairs.map(([, needed]) => needed),
    };
  }
}

/** A coarse scope is needed where a part of it is, and a part where the whole is. */
function needsOf(catalogue: ScopeCatalogue): Map<string, Set<string>> {
  const needs = new Map(catalogue.all().map((scope) => [scope, new Set<string>()]));
  for (const whole of catalogue.all()) {
    for (const part of catalogue.expand([whole])) {
      if (part === whole) continue;
      needs.get(whole)?.add(part);
      needs.get(part)?.add(whole);
    }
  }
  return needs;
}
