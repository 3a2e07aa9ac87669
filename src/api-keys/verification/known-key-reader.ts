import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { type Role } from '../../access/principal.js';
import { SharedValues } from '../../changes/shared-values.js';
import { KeyUsePoliciesService } from '../../organizations/policies/key-use-policies.service.js';
import { ApiKey } from '../api-key.entity.js';
import { KnownKey } from './known-key.js';

/** What stands beside a key's own columns; those are called as the entity's properties are. */
interface Beside {
  readonly digest_name: string;
  readonly scopes_json: string;
  readonly policy_json: string;
  readonly organization_suspended: boolean;
  readonly maker_role: Role | null;
}
type Row = Omit<ApiKey, 'scopes'> & Beside;

/** Every column that a key is loaded with, as known-key-reader.spec.ts makes sure. */
export const READ_KEYS = `
  SELECT k.id, k.organization_id "organizationId", k.project_id "projectId",
         k.created_by_user_id "createdByUserId", k.name, k.key_prefix "keyPrefix", k.source,
         k.environment, k.device_name "deviceName", k.ip_allowlist "ipAllowlist",
         k.rate_limit "rateLimit", k.metadata, k.created_at "createdAt", k.expires_at "expiresAt",
         k.disabled_at "disabledAt", k.paused_with_maker "pausedWithMaker",
         k.revoked_at "revokedAt", k.must_be_used_by "mustBeUsedBy", k.last_used_at "lastUsedAt",
         k.rotated_from_id "rotatedFromId", k.replaced_by_id "replacedById",
         k.leaked_at "leakedAt", k.leak_source_url "leakSourceUrl",
         k.leak_reported_ip "leakReportedIp",
         array_to_json(k.scopes)::text scopes_json, encode(k.digest, 'hex') digest_name,
         o.policy::text policy_json, o.suspended_at IS NOT NULL organization_suspended,
         CASE WHEN person.id IS NOT NULL THEN maker.role END maker_role
    FROM api_keys k
    JOIN organizations o ON o.id = k.organization_id AND o.deleted_at IS NULL
    LEFT JOIN memberships maker
           ON maker.organization_id = k.organization_id AND maker.status = 'active'
          AND maker.user_id = k.created_by_user_id
    LEFT JOIN users person ON person.id = maker.user_id AND person.disabled_at IS NULL`;
const BY_DIGEST =
  READ_KEYS +
  ' WHERE k.digest = ANY($1::bytea[]) AND ($2::uuid IS NULL OR k.organization_id = $2::uuid)';
const BY_ID = READ_KEYS + ' WHERE k.organization_id = $1 AND k.id = $2';
const NOTHING = Object.freeze({});

/**
 * Reads keys with everything beside them. The statements are written out, and rows are taken as they
 * are: whoever shows a key for the first time waits for this, and the query builder with its mapping
 * took a tenth of that.
 */
@Injectable()
export class KnownKeyReader {
  /** What the keys of an organization have in common. */
  private readonly texts = new SharedValues((text) => text);
  private readonly scopes = new SharedValues((json) => JSON.parse(json) as readonly string[]);
  private readonly policySets = new SharedValues((json) =>
    this.policies.read(JSON.parse(json) as object),
  );

  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly policies: KeyUsePoliciesService,
  ) {}

  /**
   * By the name of their digest (hex).
   *
   * @param organizationId UUID of the organization whose keys exist; null for those of all
   */
  async byDigests(
    digests: readonly Buffer[],
    organizationId: string | null,
  ): Promise<ReadonlyMap<string, KnownKey>> {
    const rows: Row[] = await this.apiKeys.query(BY_DIGEST, [digests, organizationId]);
    return new Map(rows.map((row) => [row.digest_name, this.known(row)]));
  }

  /** A key of the organization; both ids are UUIDs. */
  async byId(organizationId: string, id: string): Promise<KnownKey | null> {
    const [row]: Row[] = await this.apiKeys.query(BY_ID, [organizationId, id]);
    return row ? this.known(row) : null;
  }

  /** One text for all that have the same. */
  shared<S extends string>(text: S): S {
    return this.texts.of(text) as S;
  }

  private known({
    digest_name: _,
    scopes_json,
    policy_json,
    organization_suspended,
    maker_role,
    ...columns
  }: Row): KnownKey {
    const key = Object.assign(new ApiKey(), columns);
    key.scopes = this.scopes.of(scopes_json);
    this.share(key);
    return new KnownKey(key, organization_suspended, this.policySets.of(policy_json), maker_role);
  }

  private share(key: ApiKey): void {
    key.organizationId = this.shared(key.organizationId);
    if (key.createdByUserId !== null) key.createdByUserId = this.shared(key.createdByUserId);
    if (key.projectId !== null) key.projectId = this.shared(key.projectId);
    key.environment = this.shared(key.environment);
    key.source = this.shared(key.source);
    if (Object.keys(key.metadata).length === 0) key.metadata = NOTHING;
  }
}
