import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '../access/access.decorators.js';
import { OrganizationNotFound } from '../access/access.errors.js';
import { AccessService } from '../access/access.service.js';
import { decodeId } from '../access/ids.js';
import { type Caller, isMachine, signedInUser } from '../access/principal.js';
import { Direct } from '../http/direct/direct.decorator.js';
import { type JsonText } from '../http/direct/json-text.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { KnownOrganizationsService } from './known-organizations.service.js';
import { MeAnswer, MeQuery } from './me.dto.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('Users')
@Controller('v1/me')
export class MeController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly known: KnownOrganizationsService,
    private readonly access: AccessService,
  ) {}

  @Get()
  @Direct()
  @Allow({ user: true, machine: true })
  @Operation('getMe', 'What I am and may do', { answer: MeAnswer, errors: [OrganizationNotFound] })
  async get(
    @CurrentCaller() caller: Caller,
    @Query() query: MeQuery,
  ): Promise<MeAnswer | JsonText<MeAnswer>> {
    const { principal } = caller;
    if (isMachine(principal)) {
      requireOwn(query.organization_id, principal.organizationId);
      const organization = this.known.get(principal.organizationId);
      // What is in memory is not waited for: each wait would be a turn of its own.
      const own = organization instanceof Promise ? await organization : organization;
      return MeAnswer.jsonOfMachine(principal, own);
    }
    const { userId, organizationId: named } = signedInUser(caller);
    const organizationId =
      query.organization_id === undefined ? named : decodeId('organization', query.organization_id);
    if (query.organization_id === undefined && organizationId === null)
      return MeAnswer.ofUser(userId);
    if (organizationId === null) throw new OrganizationNotFound();
    const rule = { role: 'member', whileSuspended: true } as const;
    const actor = await this.access.actorIn(caller, organizationId, rule);
    return MeAnswer.ofMember(actor, await this.organizations.get(organizationId));
  }
}

/** A machine may name its organization, and no other. */
function requireOwn(named: string | undefined, own: string): void {
  if (named !== undefined && decodeId('organization', named) !== own) {
    throw new OrganizationNotFound();
  }
}
