import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, Public, RequestOrigin } from '../../access/access.decorators.js';
import { type Caller, type Origin, signedInUser } from '../../access/principal.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { TooManyRequests } from '../../problem.js';
import { NoPassword, PasswordHashingBusy, ResetExpired, WrongPassword } from '../users.errors.js';
import { PasswordChangesService } from './password-changes.service.js';
import { PasswordResetsService } from './password-resets.service.js';
import {
  PasswordChangeRequest,
  PasswordResetConfirmation,
  PasswordResetRequest,
} from './passwords.dto.js';

@ApiTags('Passwords')
@Controller('v1')
export class PasswordsController {
  constructor(
    private readonly changes: PasswordChangesService,
    private readonly resets: PasswordResetsService,
  ) {}

  @Post('users/me/password')
  @HttpCode(204)
  @Allow({ user: true })
  @Operation('changeMyPassword', 'Change my password', {
    description: 'Ends every other session of mine.',
    errors: [WrongPassword, NoPassword, new TooManyRequests(900), PasswordHashingBusy],
  })
  async change(
    @CurrentCaller() caller: Caller,
    @Body() { current_password: current, new_password: wanted }: PasswordChangeRequest,
  ): Promise<void> {
    await this.changes.change(signedInUser(caller), { current, wanted }, caller.origin);
  }

  @Post('password-resets')
  @HttpCode(202)
  @Public()
  @Operation('requestPasswordReset', 'Ask for a link that sets a new password', {
    description: 'The answer is the same whether or not the address has an account.',
    errors: [new TooManyRequests(60)],
  })
  async request(
    @Body() { email }: PasswordResetRequest,
    @RequestOrigin() origin: Origin,
  ): Promise<void> {
    await this.resets.request(email, origin);
  }

  @Post('password-resets/confirm')
  @HttpCode(204)
  @Public()
  @Operation('confirmPasswordReset', 'Set a new password by a mailed link', {
    description: 'Ends every session of the account and proves its address. No session begins.',
    errors: [ResetExpired, new TooManyRequests(60), PasswordHashingBusy],
  })
  async confirm(
    @Body() { token, password }: PasswordResetConfirmation,
    @RequestOrigin() origin: Origin,
  ): Promise<void> {
    await this.resets.confirm(token, password, origin);
  }
}
