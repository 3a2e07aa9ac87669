import { Body, Controller, Get, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { CrossSite, OrganizationSuspended } from '../../../access/access.errors.js';
import { Allow, OptionalCaller, Public, RequestOrigin } from '../../../access/access.decorators.js';
import { type Caller, type Origin, signedInUser } from '../../../access/principal.js';
import { HandsOverSession } from '../../../http/sessions/session-handover.js';
import { Operation } from '../../../http/openapi/operation.decorator.js';
import { TooManyRequests, ValidationFailed } from '../../../problem.js';
import { PasswordHashingBusy, SignInRequired } from '../../../users/users.errors.js';
import {
  AcceptedAnswer,
  AcceptInvitationRequest,
  InvitationPreviewAnswer,
} from '../invitations.dto.js';
import {
  EmailMismatch,
  EmailNotVerified,
  InvitationGone,
  InvitationNotFound,
} from '../invitations.errors.js';
import { AcceptanceService } from './acceptance.service.js';
import { InvitedSignUpService } from './invited-sign-up.service.js';

const UNUSABLE_TOKENS = [
  InvitationNotFound,
  new InvitationGone('accepted'),
  new InvitationGone('expired'),
  new InvitationGone('revoked'),
  new TooManyRequests(60),
];
const UNFIT_PEOPLE = [
  CrossSite,
  EmailMismatch,
  EmailNotVerified,
  OrganizationSuspended,
  SignInRequired,
  PasswordHashingBusy,
];

@ApiTags('Invitations')
@Controller('v1/invitations')
export class AcceptanceController {
  constructor(
    private readonly acceptance: AcceptanceService,
    private readonly invitedSignUp: InvitedSignUpService,
  ) {}

  @Get('lookup')
  @Public()
  @ApiHeader({ name: 'X-Invitation-Token' })
  @Operation('lookUpInvitation', 'What an invitation is for', {
    answer: InvitationPreviewAnswer,
    errors: UNUSABLE_TOKENS,
  })
  async look(
    @Headers('x-invitation-token') token: string | undefined,
    @RequestOrigin() origin: Origin,
  ): Promise<InvitationPreviewAnswer> {
    return InvitationPreviewAnswer.of(await this.acceptance.look(token ?? '', origin));
  }

  @Post('accept')
  @HttpCode(200)
  @Allow({ public: true, user: true })
  @HandsOverSession()
  @Operation('acceptInvitation', 'Accept an invitation', {
    description: 'A signed-in person sends the token; someone without an account also a password.',
    answer: AcceptedAnswer,
    errors: [...UNUSABLE_TOKENS, ...UNFIT_PEOPLE],
  })
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
    const signedUp = await this.invitedSignUp.accept(token, { name, password }, origin);
    return AcceptedAnswer.of(signedUp.member, signedUp.session);
  }

  @Post('decline')
  @HttpCode(204)
  @Public()
  @ApiHeader({ name: 'X-Invitation-Token' })
  @Operation('declineInvitation', 'Decline an invitation', { errors: UNUSABLE_TOKENS })
  async decline(
    @Headers('x-invitation-token') token: string | undefined,
    @RequestOrigin() origin: Origin,
  ): Promise<void> {
    await this.acceptance.decline(token ?? '', origin);
  }
}
