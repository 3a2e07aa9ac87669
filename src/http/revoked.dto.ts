import { ApiProperty } from '@nestjs/swagger';

/** The answer to ending a credential or an invitation, the first time and every time after. */
export class RevokedAnswer {
  @ApiProperty({ enum: [true] })
  revoked: true;
}

export const REVOKED: RevokedAnswer = { revoked: true };
