import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { SIGNING_ALGS, type SigningAlg } from '../../config-values.js';
import { type PublicJwk } from './key-pairs.js';

const EXAMPLE = {
  kty: 'EC',
  use: 'sig',
  alg: 'ES256',
  kid: 'C5DN-UPRUlGtTZ3lxcRSw707JHLUU5e2DoM_5QxSIao',
  crv: 'P-256',
  x: 'x_hm52VbSNfWGnGPgMYpOIdYqV0PT8MaMfvNH-k25zw',
  y: 'HNl4oVhcev-DM9OnjnVtd5pb_KrZaeMxLLuF705x3gY',
};

/** A public key (RFC 7517 §4). */
export class JwkBody {
  @ApiProperty({ enum: ['EC', 'OKP', 'RSA'] })
  kty: string;

  @ApiProperty({ enum: ['sig'] })
  use: 'sig';

  @ApiProperty({ enum: SIGNING_ALGS })
  alg: SigningAlg;

  @ApiProperty({
    description: 'The RFC 7638 thumbprint, which is in the header of the tokens that it signs.',
  })
  kid: string;

  @ApiPropertyOptional({ enum: ['P-256', 'Ed25519'], description: 'Of EC and OKP.' })
  crv?: string;

  @ApiPropertyOptional({ description: 'Of EC and OKP.' })
  x?: string;

  @ApiPropertyOptional({ description: 'Of EC.' })
  y?: string;

  @ApiPropertyOptional({ description: 'Of RSA.' })
  n?: string;

  @ApiPropertyOptional({ description: 'Of RSA.' })
  e?: string;
}

/** RFC 7517 §5. */
export class JwkSetBody {
  @ApiProperty({ type: [JwkBody], example: [EXAMPLE] })
  keys: JwkBody[];

  static of(keys: readonly PublicJwk[]): JwkSetBody {
    return { keys: [...keys] };
  }
}
