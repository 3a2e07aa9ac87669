import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { encodeId, encodeOptionalId } from '../access/ids.js';
import {
  type Actor,
  type MachinePrincipal,
  outranks,
  type Role,
  ROLES,
} from '../access/principal.js';
import { JsonText } from '../http/direct/json-text.js';
import { KeptJson, type Told } from '../http/direct/kept-json.js';
import { PlainInput } from '../http/input/plain-input.js';
import { type Organization } from './organization.entity.js';
import { OrganizationBody } from './organizations.dto.js';

@PlainInput()
export class MeQuery {
  @ApiPropertyOptional({ example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  organization_id?: string;
}

const AUTH_SOURCES = ['session', 'api_key', 'oauth_client'] as const;

export class PrincipalBody {
  @ApiProperty({ enum: AUTH_SOURCES })
  auth_source: (typeof AUTH_SOURCES)[number];

  @ApiProperty({ type: String, nullable: true, example: 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  user_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  organization_id: string | null;

  @ApiProperty({ enum: ROLES, nullable: true })
  organization_role: Role | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  project_id: string | null;

  @ApiProperty({ description: 'Whether the caller is owner or admin.' })
  is_admin: boolean;

  @ApiProperty({ type: [String], example: ['organizations:read'] })
  scopes: string[];
}

/** By what else the answer depends on: the kind of machine, and its project. */
type AnswersOfScopes = Map<string, Told>;

/** Some 700 for each of 3,000 answers, beside what the cache is allowed. */
const MOST_CHARACTERS = 2_000_000;
const KEPT_ANSWERS = new KeptJson<Told>(MOST_CHARACTERS);

/**
 * Organizations that machines see, and the scopes of machines, are never changed in memory, and machines
 * that may do the same have the same set: what is said of both can be kept.
 */
const SEEN_BY_MACHINES = new WeakMap<Organization, WeakMap<ReadonlySet<string>, AnswersOfScopes>>();

function answersOf(organization: Organization, scopes: ReadonlySet<string>): AnswersOfScopes {
  let ofOrganization = SEEN_BY_MACHINES.get(organization);
  if (!ofOrganization) {
    ofOrganization = new WeakMap();
    SEEN_BY_MACHINES.set(organization, ofOrganization);
  }
  let ofScopes = ofOrganization.get(scopes);
  if (!ofScopes) {
    ofScopes = new Map();
    ofOrganization.set(scopes, ofScopes);
  }
  return ofScopes;
}

export class MeAnswer {
  @ApiProperty({ type: OrganizationBody, nullable: true })
  organization: OrganizationBody | null;

  @ApiProperty()
  principal: PrincipalBody;

  static ofUser(userId: string): MeAnswer {
    return {
      organization: null,
      principal: {
        auth_source: 'session',
        user_id: encodeId('user', userId),
        organization_id: null,
        organization_role: null,
        project_id: null,
        is_admin: false,
        scopes: [],
      },
    };
  }

  static ofMember(actor: Actor, organization: Organization): MeAnswer {
    return {
      organization: OrganizationBody.of(organization),
      principal: {
        auth_source: 'session',
        user_id: encodeOptionalId('user', actor.userId),
        organization_id: encodeId('organization', actor.organizationId),
        organization_role: actor.role,
        project_id: null,
        is_admin: outranks(actor.role, 'admin'),
        scopes: [...actor.scopes],
      },
    };
  }

  static ofMachine(principal: MachinePrincipal, organization: Organization): MeAnswer {
    return {
      organization: OrganizationBody.of(organization),
      principal: {
        auth_source: principal.kind,
        user_id: null,
        organization_id: encodeId('organization', principal.organizationId),
        organization_role: null,
        project_id: encodeOptionalId('project', principal.projectId),
        is_admin: false,
        scopes: [...principal.scopes],
      },
    };
  }

  /** The same, with what was written before. */
  static jsonOfMachine(
    principal: MachinePrincipal,
    organization: Organization,
  ): JsonText<MeAnswer> {
    const answers = answersOf(organization, principal.scopes);
    const name = `${principal.kind} ${String(principal.projectId)}`;
    let told = answers.get(name);
    if (!told) {
      told = { json: null };
      answers.set(name, told);
    }
    const make = (): string => JSON.stringify(MeAnswer.ofMachine(principal, organization));
    return new JsonText(KEPT_ANSWERS.of(told, make));
  }
}
