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

  /** At once where it is in memory. @param id UUID of the caller's own. @throws OrganizationNotFound */
  get(id: string): Organization | Promise<Organization> {
    const lookUp: LookUp = { purpose: 'organization', tenant: id, name: id };
    return this.cache.recall<Organization>(lookUp)?.value ?? this.search(lookUp);
  }

  private async search(lookUp: LookUp): Promise<Organization> {
    const { name: id } = lookUp;
    const [organization] = await this.cache.find([lookUp], async () => {
      const value = await this.organizations.findOneBy({ id, deletedAt: IsNull() });
      return [{ value, dependsOn: [subjects.organization(id)] }];
    });
    if (!organization) throw new OrganizationNotFound();
    return organization;
  }
}
