import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { OrganizationNotFound } from '../access/access.errors.js';
import { Organization } from './organization.entity.js';

/** What operators tell organizations apart by. */
export const ORGANIZATION_STATUSES = ['active', 'suspended', 'deleted'] as const;
export type OrganizationStatus = (typeof ORGANIZATION_STATUSES)[number];

/** An organization as operators see it. */
export type ListedOrganization = Organization;

export interface OrganizationFilter {
  /** Part of the name or the slug, in any case. */
  readonly q?: string;
  readonly status?: OrganizationStatus;
}

/** All organizations, deleted ones included, for those who run the deployment. */
@Injectable()
export class OrganizationSearchService {
  constructor(
    @InjectRepository(Organization) private readonly organizations: Repository<Organization>,
  ) {}

  /** Newest first, one page. @param page.before UUID after which it starts */
  list(
    { q, status }: OrganizationFilter,
    page: { before: string | undefined; limit: number },
  ): Promise<Organization[]> {
    const query = this.organizations.createQueryBuilder('organization');
    if (status !== undefined) query.andWhere(CONDITIONS[status]);
    if (q !== undefined) {
      query.andWhere(
        '(strpos(lower(organization.name), lower(:q)) > 0 OR strpos(organization.slug, lower(:q)) > 0)',
        { q },
      );
    }
    if (page.before !== undefined) {
      query.andWhere('organization.id < :before', { before: page.before });
    }
    return query.orderBy('organization.id', 'DESC').take(page.limit).getMany();
  }

  /** Also a deleted one. @throws OrganizationNotFound */
  async get(id: string): Promise<Organization> {
    const found = await this.organizations.findOneBy({ id });
    if (!found) throw new OrganizationNotFound();
    return found;
  }
}

/** How SQL judges what `organizationStatusOf` judges. */
const CONDITIONS: Readonly<Record<OrganizationStatus, string>> = {
  active: 'organization.deletedAt IS NULL AND organization.suspendedAt IS NULL',
  suspended: 'organization.deletedAt IS NULL AND organization.suspendedAt IS NOT NULL',
  deleted: 'organization.deletedAt IS NOT NULL',
};

export function organizationStatusOf({
  deletedAt,
  suspendedAt,
}: Pick<Organization, 'deletedAt' | 'suspendedAt'>): OrganizationStatus {
  if (deletedAt) return 'deleted';
  return suspendedAt ? 'suspended' : 'active';
}
