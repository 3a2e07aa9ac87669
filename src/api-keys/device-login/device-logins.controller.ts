import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public, RequestOrigin } from '../../access/access.decorators.js';
import { TOO_MANY_DEVICE_LOGINS } from '../../access/throttling/failure-throttle.js';
import { ExpiresInPast, InvalidScope } from '../../access/scopes/granting.js';
import { type Origin } from '../../access/principal.js';
import { IdParam } from '../../http/input/id-param.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { TooManyRequests } from '../../problem.js';
import {
  NewDeviceLoginRequest,
  PolledDeviceLoginAnswer,
  StartedDeviceLoginAnswer,
} from './device-logins.dto.js';
import { DeviceLoginGone, DeviceLoginNotFound } from './device-logins.errors.js';
import { DeviceLoginsService } from './device-logins.service.js';
import { KeyPickupService } from './key-pickup.service.js';
import { type Poll, Polling, TakesPollToken } from './polling.decorator.js';

const POLLING =
  'With the poll token in one of the two headers, as often as it likes, every 2 seconds by custom. ' +
  'The first poll after the approval gets the key, which has to be used within 10 minutes; every ' +
  'later one is 410, as is what was denied or has expired.';

/** What a command-line tool or an agent does. */
@ApiTags('Device login')
@Controller('v1/cli/login/sessions')
export class DeviceLoginsController {
  constructor(
    private readonly logins: DeviceLoginsService,
    private readonly pickup: KeyPickupService,
  ) {}

  @Post()
  @Public()
  @Operation('startDeviceLogin', 'Begin the login of a device', {
    description: 'A person approves it at `/dashboard/cli/login?session={session_id}`.',
    answer: StartedDeviceLoginAnswer,
    errors: [
      new InvalidScope(['backups:sing']),
      ExpiresInPast,
      new TooManyRequests(3600, TOO_MANY_DEVICE_LOGINS),
    ],
  })
  async start(
    @RequestOrigin() origin: Origin,
    @Body() request: NewDeviceLoginRequest,
  ): Promise<StartedDeviceLoginAnswer> {
    return StartedDeviceLoginAnswer.of(await this.logins.start(request.toWish(), origin));
  }

  @Get(':loginID')
  @Public()
  @TakesPollToken()
  @Operation('pollDeviceLogin', 'Ask what became of the login, and get its key', {
    description: POLLING,
    answer: PolledDeviceLoginAnswer,
    errors: [
      DeviceLoginNotFound,
      new DeviceLoginGone('denied'),
      new DeviceLoginGone('expired'),
      new DeviceLoginGone('delivered'),
      new TooManyRequests(60),
    ],
  })
  async poll(
    @IdParam('loginID', 'deviceLogin', DeviceLoginNotFound) id: string,
    @Polling() poll: Poll,
    @RequestOrigin() origin: Origin,
  ): Promise<PolledDeviceLoginAnswer> {
    return PolledDeviceLoginAnswer.of(await this.pickup.poll({ id, ...poll }, origin));
  }
}
