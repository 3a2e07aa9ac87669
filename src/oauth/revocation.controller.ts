import { Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, RequestOrigin } from '../access/access.decorators.js';
import { type Origin } from '../access/principal.js';
import { FormBody } from '../http/input/form-body.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { AuthenticatedClient } from './authentication/authenticated-client.js';
import { ClientRefusals } from './client-refusals.js';
import { InvalidTokenRequest } from './oauth.errors.js';
import { REVOCATION_PATH } from './paths.js';
import { CurrentClient, Form, tokenIn } from './token.decorators.js';
import { DescribeTokenForm } from './token.dto.js';
import { AccessTokensService } from './tokens/access-tokens.service.js';

/**
 * The revocation endpoint (RFC 7009). A token that is unknown, dead or another client's gets the
 * answer of one that was revoked, so that nobody learns here what exists; `token_type_hint` is not
 * needed, since a token's shape says what it is.
 */
@ApiTags('OAuth 2.0')
@Controller(REVOCATION_PATH)
export class RevocationController {
  constructor(
    private readonly tokens: AccessTokensService,
    private readonly refusals: ClientRefusals,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('Pragma', 'no-cache')
  @Allow({ client: true })
  @DescribeTokenForm()
  @Operation('revokeToken', 'Revoke an access token', {
    description: 'The same empty answer for a token that is unknown or of another client.',
    errors: [new InvalidTokenRequest('token is missing')],
  })
  async revoke(
    @CurrentClient() client: AuthenticatedClient,
    @Form() form: FormBody,
    @RequestOrigin() origin: Origin,
  ): Promise<void> {
    const revocation = await this.tokens.revoke(client, tokenIn(form));
    if (revocation.outcome === 'foreign') {
      this.refusals.note(client, origin, `revocation of a token of the client ${revocation.owner}`);
    }
  }
}
