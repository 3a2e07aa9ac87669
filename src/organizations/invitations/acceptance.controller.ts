import { Body, Controller, Get, Headers, HttpCode, Post } from '@nestjs/common';
import { Allow, OptionalCaller, Public, RequestOrigin } from '../../access/access.decorators.js';
import { type Caller, type Origin, signedInUser } from '../../access/principal.js';
import { ValidationFailed } from '../../problem.js';
import { AcceptanceService } from './acceptance.service.js';
import {
  AcceptedAnswer,
  AcceptInvitationRequest,
  InvitationPreviewAnswer,
} from './invitations.dto.js';

@Controller('v1/invitations')
export class AcceptanceController {
  constructor(private readonly acceptance: AcceptanceService) {}

  @Get('lookup')
  @Public()
  async look(
    @Headers('x-invitation-token') token: string | undefined,
    @RequestOrigin() origin: Origin,
  ): Promise<InvitationPreviewAnswer> {
    return InvitationPreviewAnswer.of(await this.acceptance.look(token ?? '', origin));
  }

  @Post('accept')
  @HttpCode(200)
  @Allow({ public: true, user: true })
  async accept(
    @OptionalCaller() caller: Caller | null,
    @RequestOrigin() origin: Origin,
    @Body() { token, name, password }: AcceptInvitationRequest,
  ): Promise<AcceptedAnswer> {
    if (caller) {
      const { userId } = signedInUser(caller);
      return AcceptedAnswer.of(await this.acceptance.accept(token, userId, origin));
    }
    if (password === undefined) {
      throw new ValidationFailed({ password: ['password is required to make an account'] });
    }
    const signedUp = await this.acceptance.signUp(token, { name, password }, origin);
    return AcceptedAnswer.of(signedUp.member, signedUp.session);
  }
}
