import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository, type SelectQueryBuilder } from 'typeorm';
import { type Actor } from '../access/principal.js';
import { ProjectsService } from '../organizations/projects/projects.service.js';
import { ApiKey } from './api-key.entity.js';
import { visibleTo } from './locked-key.js';
import { UnusedScopes } from './usage/unused-scopes.js';

/** What a key is today. Revoked is for good, expired too; disabled is what can be enabled. */
export const KEY_STATUSES = ['active', 'disabled', 'expired', 'revoked'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** What was never used was used longest ago; what never ends, ends last. */
const SORT_VALUES = {
  created_at: 'k.id',
  name: 'k.name',
  last_used_at: `coalesce(k.last_used_at, '-infinity')`,
  expires_at: `coalesce(k.expires_at, 'infinity')`,
} as const;
type SortColumn = keyof typeof SORT_VALUES;

/** A leading `-` is descending. */
export type KeySorting = SortColumn | `-${SortColumn}`;
export const KEY_SORTINGS = (Object.keys(SORT_VALUES) as SortColumn[]).flatMap((column) => [
  column,
  `-${column}` as const,
]);

/** Undefined asks for nothing. */
export interface KeyFilter {
  /** UUID. */
  readonly projectId: string | undefined;
  /** UUID. */
  readonly createdByUserId: string | undefined;
  readonly isActive: boolean | undefined;
  readonly status: KeyStatus | undefined;
  /** One that the key names. */
  readonly scope: string | undefined;
  /** Part of the name, the prefix or the device's name, in any case. */
  readonly text: string | undefined;
  readonly neverUsed: boolean | undefined;
  /** Neither used nor made within so many days. */
  readonly unusedDays: number | undefined;
  /** Whether it has scopes that nothing has needed. */
  readonly hasUnusedScopes: boolean | undefined;
  /** Active, and for no longer than so many days. */
  readonly expiringDays: number | undefined;
}

export interface KeyPage {
  readonly sorting: KeySorting;
  /** UUID of the key after which the page starts. */
  readonly after: string | undefined;
  readonly limit: number;
}

const STATUS = `
  CASE WHEN keycap_key_is_active(k, now()) THEN 'active'
       WHEN k.revoked_at IS NOT NULL OR k.must_be_used_by <= now() THEN 'revoked'
       WHEN k.expires_at <= now() THEN 'expired' ELSE 'disabled' END`;

/** A scope is needed by its own name, and by those that the catalogue relates to it. */
const HAS_UNUSED_SCOPES = `
  EXISTS (SELECT 1 FROM unnest(k.scopes) AS own (scope)
           WHERE NOT EXISTS (
             SELECT 1 FROM api_key_needed_scopes used
              WHERE used.key_id = k.id
                AND (used.scope = own.scope OR (own.scope, used.scope) IN (
                  SELECT * FROM unnest(CAST(:granted AS text[]), CAST(:needed AS text[]))))))`;

const CONDITIONS: Readonly<Record<keyof KeyFilter, string>> = {
  projectId: 'k.project_id = :projectId',
  createdByUserId: 'k.created_by_user_id = :createdByUserId',
  isActive: `(${STATUS} = 'active') = :isActive`,
  status: `${STATUS} = :status`,
  scope: ':scope = ANY (k.scopes)',
  text: '(k.name ILIKE :text OR k.key_prefix ILIKE :text OR k.device_name ILIKE :text)',
  neverUsed: '(k.last_used_at IS NULL) = :neverUsed',
  unusedDays: `coalesce(k.last_used_at, k.created_at) < now() - make_interval(days => :unusedDays)`,
  hasUnusedScopes: `(${HAS_UNUSED_SCOPES}) = :hasUnusedScopes`,
  expiringDays: `${STATUS} = 'active' AND k.expires_at <= now() + make_interval(days => :expiringDays)`,
};

/** The keys of an organization, revoked ones included. */
@Injectable()
export class KeyListService {
  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly projects: ProjectsService,
    private readonly unusedScopes: UnusedScopes,
  ) {}

  /** @throws ProjectNotFound */
  async list(actor: Actor, filter: KeyFilter, page: KeyPage): Promise<ApiKey[]> {
    const { projectId, text } = filter;
    if (projectId !== undefined) await this.projects.require(actor.organizationId, projectId);
    const query = this.apiKeys.createQueryBuilder('k').where(visibleTo(actor));
    const asked = { ...filter, text: text === undefined ? undefined : likePattern(text) };
    for (const [name, value] of Object.entries(asked)) {
      if (value !== undefined)
        query.andWhere(CONDITIONS[name as keyof KeyFilter], { [name]: value });
    }
    if (filter.hasUnusedScopes !== undefined) query.setParameters(this.unusedScopes.relation());
    return sort(query, page).limit(page.limit).getMany();
  }
}

/** Rows with the same value by id, in the same direction, so that pages meet without a gap. */
function sort(
  query: SelectQueryBuilder<ApiKey>,
  { sorting, after }: KeyPage,
): SelectQueryBuilder<ApiKey> {
  const isDescending = sorting.startsWith('-');
  const value = SORT_VALUES[sorting.replace('-', '') as SortColumn];
  if (after !== undefined) {
    const last = `SELECT ${value}, k.id FROM api_keys k WHERE k.id = :after`;
    query.andWhere(`(${value}, k.id) ${isDescending ? '<' : '>'} (${last})`, { after });
  }
  const direction = isDescending ? 'DESC' : 'ASC';
  return (
    query
      // In brackets, or it would be the entity's own column under another name.
      .addSelect(`(${value})`, 'sort_value')
      .orderBy('sort_value', direction)
      .addOrderBy('k.id', direction)
  );
}

function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
