import { Body, Controller, Headers, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { Public, RequestOrigin } from '../access/access.decorators.js';
import { CrossSite, Unauthenticated } from '../access/access.errors.js';
import { type Origin } from '../access/principal.js';
import { HandsOverSession } from '../http/sessions/session-handover.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { TooManyRequests } from '../problem.js';
import { PasswordHashingBusy } from '../users/users.errors.js';
import { SetupAnswer, SetupRequest } from './setup.dto.js';
import { AlreadySetUp } from './setup.errors.js';
import { SetupService } from './setup.service.js';

const REFUSALS = [
  CrossSite,
  new Unauthenticated('no token', false),
  new Unauthenticated('wrong token'),
  AlreadySetUp,
  new TooManyRequests(60),
  PasswordHashingBusy,
];

@ApiTags('Set-up')
@Controller('v1/setup')
export class SetupController {
  constructor(private readonly setup: SetupService) {}

  @Post()
  @Public()
  @HandsOverSession()
  @ApiHeader({ name: 'X-Setup-Token' })
  @Operation('setUp', 'Create the first owner and organization', {
    answer: SetupAnswer,
    errors: REFUSALS,
  })
  async setUp(
    @Headers('x-setup-token') token: string | undefined,
    @RequestOrigin() origin: Origin,
    @Body() { email, password, name, organization_name: organizationName }: SetupRequest,
  ): Promise<SetupAnswer> {
    const owner = { email, password, name, organizationName };
    return SetupAnswer.ofSetUp(await this.setup.setUp(token ?? '', owner, origin));
  }
}
