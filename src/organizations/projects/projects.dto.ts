import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength, ValidateIf } from 'class-validator';
import { encodeId } from '../../access/ids.js';
import { IsAbsentable, IsName } from '../../http/input/fields.js';
import { PageQuery } from '../../http/pages/page-query.js';
import { type Page } from '../../http/pages/pagination.js';
import { IsSlug } from '../slug.js';
import { type Project } from './project.entity.js';

export class ProjectQuery extends PageQuery {
  @ApiPropertyOptional({
    example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Required with a session; a key or token has but one organization.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  organization_id?: string;

  @ApiPropertyOptional({ description: 'Part of the name or the slug.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  q?: string;
}

export class NewProjectRequest {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Required with a session; a key or token has but one organization.',
  })
  @IsAbsentable()
  @IsString()
  @MaxLength(64)
  organization_id?: string;

  @ApiProperty({ example: 'Production', minLength: 1, maxLength: 100 })
  @IsName()
  name: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'production',
    pattern: '^[a-z0-9-]{3,40}$',
  })
  @IsAbsentable()
  @IsSlug()
  slug?: string;
}

export class ProjectPatchRequest {
  @ApiPropertyOptional({ example: 'Production', minLength: 1, maxLength: 100 })
  @ValidateIf((patch: ProjectPatchRequest) => patch.name !== undefined)
  @IsName()
  name?: string;

  @ApiPropertyOptional({ example: 'production', pattern: '^[a-z0-9-]{3,40}$' })
  @ValidateIf((patch: ProjectPatchRequest) => patch.slug !== undefined)
  @IsSlug()
  slug?: string;
}

export class ProjectBody {
  @ApiProperty({ example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  id: string;

  @ApiProperty({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string;

  @ApiProperty({ example: 'Production' })
  name: string;

  @ApiProperty({ example: 'production' })
  slug: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  updated_at: string;

  static of(project: Project): ProjectBody {
    return {
      id: encodeId('project', project.id),
      organization_id: encodeId('organization', project.organizationId),
      name: project.name,
      slug: project.slug,
      created_at: project.createdAt.toISOString(),
      updated_at: project.updatedAt.toISOString(),
    };
  }
}

export class ProjectAnswer {
  @ApiProperty()
  project: ProjectBody;

  static of(project: Project): ProjectAnswer {
    return { project: ProjectBody.of(project) };
  }
}

export class ProjectList {
  @ApiProperty({ type: [ProjectBody] })
  projects: ProjectBody[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;

  static of({ items, nextCursor }: Page<Project>): ProjectList {
    return { projects: items.map((each) => ProjectBody.of(each)), next_cursor: nextCursor };
  }
}
