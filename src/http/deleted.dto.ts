import { ApiProperty } from '@nestjs/swagger';

/** What deleting something answers. */
export class DeletedAnswer {
  @ApiProperty({ enum: [true] })
  deleted: true;
}

export const DELETED: DeletedAnswer = Object.freeze({ deleted: true });
