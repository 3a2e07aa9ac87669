import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
} from '@nestjs/swagger';
import { type IssuedToken } from './tokens/known-token.js';

/** How a client authenticates by the form instead of HTTP Basic (RFC 6749 §2.3.1, RFC 7523 §2.2). */
class ClientForm {
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

  @ApiPropertyOptional({
    example: '',
    description: 'A JWT that the client has signed, with `client_assertion_type`.',
  })
  client_assertion?: string;

  @ApiPropertyOptional({
    example: '',
    description: '`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.',
  })
  client_assertion_type?: string;
}

/** What introspection and revocation are asked about. */
class TokenForm extends ClientForm {
  @ApiProperty({ example: '2BrWx7Kq2mVb0RtYw5ZcLd9NfHs4GjPa8EuQi1OoTzXkM3v' })
  token: string;

  @ApiPropertyOptional({ example: '', description: 'Not needed: the token says what it is.' })
  token_type_hint?: string;
}

/**
 * The parameters of a token request, for the API description alone: FormBody reads them. The
 * examples are empty, which counts as left out, since Swagger UI sends every field's example.
 */
class TokenRequest extends ClientForm {
  @ApiProperty({ enum: ['client_credentials'], example: 'client_credentials' })
  grant_type: string;

  @ApiPropertyOptional({
    example: '',
    description: 'Space-separated; without it all that the client may have.',
  })
  scope?: string;

  @ApiPropertyOptional({
    example: '',
    description: 'The resource that the token is for (RFC 8707); without it this server.',
  })
  resource?: string;
}

/** RFC 6749 §5.1. Its members keep this order on the wire. */
export class TokenBody {
  @ApiProperty({ example: '2BrWx7Kq2mVb0RtYw5ZcLd9NfHs4GjPa8EuQi1OoTzXkM3v' })
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

/** The same for introspection and revocation. */
export function DescribeTokenForm(): MethodDecorator {
  return applyDecorators(
    ApiConsumes('application/x-www-form-urlencoded'),
    ApiBody({ type: TokenForm }),
  );
}
