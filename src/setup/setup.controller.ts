import { Body, Controller, Headers, Post } from '@nestjs/common';
import { Public, RequestOrigin } from '../access/access.decorators.js';
import { type Origin } from '../access/principal.js';
import { SetupAnswer, SetupRequest } from './setup.dto.js';
import { SetupService } from './setup.service.js';

@Controller('v1/setup')
export class SetupController {
  constructor(private readonly setup: SetupService) {}

  @Post()
  @Public()
  async setUp(
    @Headers('x-setup-token') token: string | undefined,
    @RequestOrigin() origin: Origin,
    @Body() { email, password, name, organization_name: organizationName }: SetupRequest,
  ): Promise<SetupAnswer> {
    const owner = { email, password, name, organizationName };
    return SetupAnswer.ofSetUp(await this.setup.setUp(token ?? '', owner, origin));
  }
}
