import { Controller, Header, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, RequestOrigin } from '../access/access.decorators.js';
import { type Origin } from '../access/principal.js';
import { FormBody } from '../http/input/form-body.js';
import { Direct } from '../http/direct/direct.decorator.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { AuthenticatedClient } from './authentication/authenticated-client.js';
import { ClientRefusals } from './client-refusals.js';
import { type Grant, GRANTS } from './grants/grant.js';
import {
  InvalidTarget,
  InvalidTokenRequest,
  ScopeRefused,
  TooManyTokens,
  UnauthorizedClient,
  UnsupportedGrantType,
} from './oauth.errors.js';
import { TOKEN_PATH } from './paths.js';
import { CurrentClient, Form } from './token.decorators.js';
import { DescribeTokenRequest, TokenBody } from './token.dto.js';

const REFUSALS = [
  new InvalidTokenRequest('grant_type is missing'),
  UnsupportedGrantType,
  UnauthorizedClient,
  new ScopeRefused('beyond the client'),
  new InvalidTarget('an unknown resource'),
  new TooManyTokens(3600),
];

/**
 * The token endpoint (RFC 6749 §3.2). Before it the body was parsed and repeated parameters were
 * refused (FormBody), then the client authenticated by exactly one method (its strategies), so a
 * caller without a secret learns nothing of what follows.
 */
@ApiTags('OAuth 2.0')
@Controller([TOKEN_PATH, 'v1/oauth/token'])
export class TokenController {
  constructor(
    @Inject(GRANTS) private readonly grants: readonly Grant[],
    private readonly refusals: ClientRefusals,
  ) {}

  @Post()
  @Direct()
  @HttpCode(200)
  @Header('Pragma', 'no-cache')
  @Allow({ client: true })
  @DescribeTokenRequest()
  @Operation('issueToken', 'Get an access token', { answer: TokenBody, errors: REFUSALS })
  async issue(
    @CurrentClient() client: AuthenticatedClient,
    @Form() form: FormBody,
    @RequestOrigin() origin: Origin,
  ): Promise<TokenBody> {
    return this.refusals.during(client, origin, async () => {
      const grant = this.knownGrant(form);
      if (!grant.permits(client)) throw new UnauthorizedClient();
      return TokenBody.of(await grant.issue(client, form));
    });
  }

  private knownGrant(form: FormBody): Grant {
    const type = form.get('grant_type');
    if (type === undefined) throw new InvalidTokenRequest('grant_type is missing');
    const grant = this.grants.find((each) => each.type === type);
    if (!grant) throw new UnsupportedGrantType();
    return grant;
  }
}
