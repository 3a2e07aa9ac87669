import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '../../access/access.decorators.js';
import { OrganizationNotFound, OrganizationSuspended } from '../../access/access.errors.js';
import { ExpiresInPast } from '../../access/scopes/granting.js';
import { type Caller } from '../../access/principal.js';
import { IdParam } from '../../http/input/id-param.js';
import { GRANTING_PROBLEMS } from '../../http/openapi/granting-problems.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { ReauthRequired } from '../../organizations/policies/policies.errors.js';
import { ProjectNotFound } from '../../organizations/projects/projects.errors.js';
import { TooManyRequests } from '../../problem.js';
import { DeviceApprovalsService } from './device-approvals.service.js';
import { DeviceLoginLookupService } from './device-login-lookup.service.js';
import {
  DeviceApprovalRequest,
  DeviceLoginAnswer,
  DeviceLoginCompletedAnswer,
  DeviceLoginDeniedAnswer,
  UserCodeQuery,
} from './device-logins.dto.js';
import {
  DeviceLoginCompleted,
  DeviceLoginGone,
  DeviceLoginNotFound,
  ScopeExceedsRequest,
} from './device-logins.errors.js';

const ANSWERED = [
  DeviceLoginNotFound,
  DeviceLoginCompleted,
  new DeviceLoginGone('denied'),
  new DeviceLoginGone('expired'),
];

const APPROVAL =
  'By a person who has signed in within the last 10 minutes and holds every scope himself. The ' +
  'rights are judged again when the device fetches the key, which acts for this person.';

/** What the person does. */
@ApiTags('Device login')
@Controller('v1/cli/login/sessions')
export class DeviceApprovalsController {
  constructor(
    private readonly logins: DeviceLoginLookupService,
    private readonly approvals: DeviceApprovalsService,
  ) {}

  @Get()
  @Allow({ user: true })
  @Operation('findDeviceLogin', 'Find an unanswered login by the code that the device shows', {
    answer: DeviceLoginAnswer,
    errors: [DeviceLoginNotFound, new TooManyRequests(60)],
  })
  async find(
    @CurrentCaller() caller: Caller,
    @Query() { user_code: code }: UserCodeQuery,
  ): Promise<DeviceLoginAnswer> {
    return DeviceLoginAnswer.of(await this.logins.findByCode(caller, code));
  }

  @Get(':loginID/details')
  @Allow({ user: true })
  @Operation('getDeviceLogin', 'What asks to be let in, and from where', {
    description: 'Once it is answered, only for who answered it.',
    answer: DeviceLoginAnswer,
    errors: [DeviceLoginNotFound, new DeviceLoginGone('expired')],
  })
  async get(
    @CurrentCaller() caller: Caller,
    @IdParam('loginID', 'deviceLogin', DeviceLoginNotFound) id: string,
  ): Promise<DeviceLoginAnswer> {
    return DeviceLoginAnswer.of(await this.logins.get(caller, id));
  }

  @Post(':loginID/approve')
  @HttpCode(200)
  @Allow({ user: true })
  @Operation('approveDeviceLogin', 'Let the device have a key', {
    description: APPROVAL,
    answer: DeviceLoginCompletedAnswer,
    errors: [
      ...ANSWERED,
      ...GRANTING_PROBLEMS,
      new ScopeExceedsRequest(['members:read']),
      ExpiresInPast,
      ReauthRequired,
      OrganizationSuspended,
      OrganizationNotFound,
      ProjectNotFound,
    ],
  })
  async approve(
    @CurrentCaller() caller: Caller,
    @IdParam('loginID', 'deviceLogin', DeviceLoginNotFound) id: string,
    @Body() request: DeviceApprovalRequest,
  ): Promise<DeviceLoginCompletedAnswer> {
    await this.approvals.approve(caller, id, request.toApproval());
    return { state: 'completed' };
  }

  @Post(':loginID/deny')
  @HttpCode(200)
  @Allow({ user: true })
  @Operation('denyDeviceLogin', 'Turn the device away', {
    answer: DeviceLoginDeniedAnswer,
    errors: ANSWERED,
  })
  async deny(
    @CurrentCaller() caller: Caller,
    @IdParam('loginID', 'deviceLogin', DeviceLoginNotFound) id: string,
  ): Promise<DeviceLoginDeniedAnswer> {
    await this.approvals.deny(caller, id);
    return { state: 'denied' };
  }
}
