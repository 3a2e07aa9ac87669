import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
} from '@nestjs/swagger';
import { type IssuedToken } from './tokens/access-tokens.service.js';

/**
 * The parameters of a token request, for the API description alone: FormBody reads them. The
 * examples are empty, which counts as left out, since Swagger UI sends every field's example.
 */
class TokenRequest {
  @ApiProperty({ enum: ['client_credentials'], example: 'client_credentials' })
  grant_type: string;

  @ApiPropertyOptional({
    example: '',
    description: 'Space-separated; without it all that the client may have.',
  })
  scope?: string;

  @ApiPropertyOptional({
    example: '',
    description: 'With `client_secret`, instead of HTTP Basic.',
  })
  client_id?: string;

  @ApiPropertyOptional({
    example: '',
    description: 'With `client_id`, instead of HTTP Basic.',
  })
  client_secret?: string;
}

/** RFC 6749 §5.1. Its members keep this order on the wire. */
export class TokenBody {
  @ApiProperty({ example: 'x7Kq2mVb0RtYw5ZcLd9NfHs4GjPa8EuQi1OoTzXkM3v' })
  access_token: string;

  @ApiProperty({ type: 'integer', example: 36000, description: 'Seconds.' })
  expires_in: number;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: string;

  @ApiProperty({ example: 'read write' })
  scope: string;

  static of({ token, expiresInSeconds, scopes }: IssuedToken): TokenBody {
    return {
      access_token: token,
      expires_in: expiresInSeconds,
      token_type: 'Bearer',
      scope: scopes.join(' '),
    };
  }
}

/** What the API description says of the token endpoint's bodies. */
export function DescribeTokenRequest(): MethodDecorator {
  return applyDecorators(
    ApiConsumes('application/x-www-form-urlencoded'),
    ApiBody({ type: TokenRequest }),
    ApiOkResponse({ type: TokenBody }),
  );
}
