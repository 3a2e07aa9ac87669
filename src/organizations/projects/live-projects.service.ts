import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { type LookUp, LookUpCache } from '../../changes/look-up-cache.js';
import { subjects } from '../../changes/subjects.js';
import { Project } from './project.entity.js';

/** Which projects there are, as verification asks: from memory where that is good enough. */
@Injectable()
export class LiveProjectsService {
  constructor(
    @InjectRepository(Project) private readonly projects: Repository<Project>,
    private readonly cache: LookUpCache,
  ) {}

  /** Whether the organization has this project; both ids are UUIDs. */
  async has(organizationId: string, projectId: string): Promise<boolean> {
    const lookUp: LookUp = { purpose: 'project', tenant: organizationId, name: projectId };
    const [isThere] = await this.cache.find<true, LookUp>([lookUp], async () => {
      const where = { id: projectId, organizationId, deletedAt: IsNull() };
      const value = (await this.projects.existsBy(where)) || null;
      return [{ value, dependsOn: [subjects.project(projectId)] }];
    });
    return isThere ?? false;
  }
}
