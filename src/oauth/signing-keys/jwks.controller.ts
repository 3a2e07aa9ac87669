import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { JWKS_PATH } from '../paths.js';
import { JwkSetBody } from './jwks.dto.js';
import { JWKS_MAX_AGE_SECONDS } from './lifetimes.js';
import { SigningKeysService } from './signing-keys.service.js';

const DESCRIPTION = `Every key that signs access tokens, has signed one that may still be good, or is
the next to sign. Keep the set for as long as \`Cache-Control\` says, and ask again for a \`kid\` that
it does not have.`;

/** The public keys of access tokens (RFC 7517), for APIs that verify tokens by themselves. */
@ApiTags('OAuth 2.0')
@Controller(JWKS_PATH)
export class JwksController {
  constructor(private readonly signingKeys: SigningKeysService) {}

  @Get()
  @Header('Cache-Control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
  @Header('Access-Control-Allow-Origin', '*')
  @Public()
  @Operation('getJwks', 'Get the public keys of access tokens', {
    description: DESCRIPTION,
    answer: JwkSetBody,
  })
  async get(): Promise<JwkSetBody> {
    const { keys } = await this.signingKeys.publicJwks();
    return JwkSetBody.of(keys);
  }
}
