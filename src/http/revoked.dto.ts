import { ApiProperty } from '@nestjs/swagger';

/** The answer to ending a credential or an invitation. */
export class RevokedAnswer {
  @ApiProperty({ enum: [true] })
  revoked: true;
}

export const REVOKED: RevokedAnswer = { revoked: true };
