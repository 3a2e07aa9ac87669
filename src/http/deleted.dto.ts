import { ApiProperty } from '@nestjs/swagger';

/** The answer to deleting an organization or a project. */
export class DeletedAnswer {
  @ApiProperty({ enum: [true] })
  deleted: true;
}

export const DELETED: DeletedAnswer = { deleted: true };
