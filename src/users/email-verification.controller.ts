import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Allow, CurrentCaller, Public, RequestOrigin } from '../access/access.decorators.js';
import { type Caller, type Origin, signedInUser } from '../access/principal.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { TooManyRequests } from '../problem.js';
import { EmailVerificationService } from './email-verification.service.js';
import { EmailAlreadyVerified, VerificationExpired } from './users.errors.js';

export class EmailVerificationConfirmation {
  @ApiProperty({ example: '4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6' })
  @IsString()
  @MaxLength(200)
  token: string;
}

@ApiTags('Users')
@Controller('v1')
export class EmailVerificationController {
  constructor(private readonly verification: EmailVerificationService) {}

  @Post('users/me/verify-email')
  @HttpCode(202)
  @Idempotent()
  @Allow({ user: true })
  @Operation('verifyMyEmail', 'Mail me a link that proves my address', {
    errors: [EmailAlreadyVerified],
  })
  async request(@CurrentCaller() caller: Caller): Promise<void> {
    await this.verification.request(signedInUser(caller).userId);
  }

  @Post('email-verifications/confirm')
  @HttpCode(204)
  @Public()
  @Operation('confirmEmail', 'Prove an address by a mailed link', {
    errors: [VerificationExpired, new TooManyRequests(60)],
  })
  async confirm(
    @Body() { token }: EmailVerificationConfirmation,
    @RequestOrigin() origin: Origin,
  ): Promise<void> {
    await this.verification.confirm(token, origin);
  }
}
