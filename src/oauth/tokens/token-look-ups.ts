import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Found, type LookUp, LookUpCache } from '../../changes/look-up-cache.js';
import { subjects } from '../../changes/subjects.js';
import { type ReadToken } from './token-reader.js';
import { type AskedToken, type TokenRecord, TokenRecords } from './token-records.js';

/** `KnownToken` and what is told of it at introspection, which stay with a record, about. */
const MADE_OF_ONE_BYTES = 600;

interface TokenLookUp extends LookUp {
  readonly token: ReadToken;
}

/** What the database knows of tokens, from memory where that is good enough. */
@Injectable()
export class TokenLookUps {
  constructor(
    private readonly dataSource: DataSource,
    private readonly records: TokenRecords,
    private readonly cache: LookUpCache,
  ) {}

  /**
   * In order; null where nothing is known.
   *
   * @param tenant UUID of the organization whose tokens exist; null for those of all
   */
  find(tokens: readonly ReadToken[], tenant: string | null): Promise<(TokenRecord | null)[]> {
    const lookUps = tokens.map((token) => lookUpOf(token, tenant));
    return this.cache.findTogether(lookUps, (missing) => this.load(missing, tenant));
  }

  /** What is in memory of one; undefined where the database has to be asked. */
  recall(token: ReadToken, tenant: string | null): TokenRecord | null | undefined {
    return this.cache.recall<TokenRecord>(lookUpOf(token, tenant))?.value;
  }

  /** In any case asked of the database. */
  async findNow(token: ReadToken): Promise<TokenRecord | null> {
    const [record = null] = await this.read([token], null);
    return record;
  }

  private async load(
    lookUps: readonly TokenLookUp[],
    tenant: string | null,
  ): Promise<Found<TokenRecord>[]> {
    const tokens = lookUps.map(({ token }) => token);
    const found = await this.read(tokens, tenant);
    return tokens.map((token, index) => {
      const record = found[index] ?? null;
      return { value: record, dependsOn: originsOf(token, record), laterBytes: MADE_OF_ONE_BYTES };
    });
  }

  private async read(
    tokens: readonly ReadToken[],
    tenant: string | null,
  ): Promise<(TokenRecord | null)[]> {
    const asked = tokens.flatMap(askedTokens);
    const records = await this.records.find(this.dataSource.manager, asked, tenant);
    return tokens.map((_, index) => {
      const its = records.filter(({ place }) => asked[place]?.of === index);
      return its.find(({ stored }) => stored !== null) ?? its[0] ?? null;
    });
  }
}

function lookUpOf(token: ReadToken, tenant: string | null): TokenLookUp {
  return { purpose: 'access token', tenant, name: nameOf(token), token };
}

/** All that the answer is looked up by: of a JWT also whose it says it is, not its id alone. */
function nameOf(token: ReadToken): string {
  const digests = token.digests.map((digest) => digest.toString('hex')).join(' ');
  const name = `${token.period} ${digests}`;
  if (token.format !== 'jwt') return name;
  return `${name} ${String(token.descent.secretId)} ${token.clientId}`;
}

/** @param of place of the token in the list of those that are looked for */
function askedTokens(token: ReadToken, of: number): (AskedToken & { readonly of: number })[] {
  const isJwt = token.format === 'jwt';
  return token.digests.map((digest) => ({
    of,
    period: token.period,
    digest,
    clientId: isJwt ? token.clientId : null,
    secretId: isJwt ? token.descent.secretId : null,
  }));
}

/** What a token stands and falls with. */
function originsOf({ digests }: ReadToken, record: TokenRecord | null): string[] {
  const own = digests.map(subjects.accessToken);
  if (!record) return own;
  const { client_id: clientId, organization_id: organizationId } = record;
  return [...own, subjects.oauthClient(clientId), subjects.organization(organizationId)];
}
