import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { OrganizationNotFound } from '../access/access.errors.js';
import { type LookUp, LookUpCache } from '../changes/look-up-cache.js';
import { subjects } from '../changes/subjects.js';
import { Organization } from './organization.entity.js';

/** Organizations as those of their own machines see them: from memory where that is good enough. */
@Injectable()
export class KnownOrganizationsService {
  constructor(
    @InjectRepository(Organization) private readonly organizations: Repository<Organization>,
    private readonly cache: LookUpCache,
  ) {}

  /** @param id UUID of the caller's own. @throws OrganizationNotFound */
  async get(id: string): Promise<Organization> {
    const lookUp: LookUp = { purpose: 'organization', tenant: id, name: id };
    const [organization] = await this.cache.find([lookUp], async () => {
      const value = await this.organizations.findOneBy({ id, deletedAt: IsNull() });
      return [{ value, dependsOn: [subjects.organization(id)] }];
    });
    if (!organization) throw new OrganizationNotFound();
    return organization;
  }
}
