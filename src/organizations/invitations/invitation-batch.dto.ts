import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { readRow, sentenceOf, textOf } from '../../http/input/rows.js';
import { ValidationFailed } from '../../problem.js';
import { CannotGrantOwner } from '../members/members.errors.js';
import { type IssuedInvitation, type IssueRefusal } from './invitation-issuance.service.js';
import { InvitationBody, IssuedInvitationAnswer, NewInvitationRequest } from './invitations.dto.js';

const MAX_ROWS = 500;

export class InvitationBatchRequest {
  @ApiProperty({ type: [NewInvitationRequest], minItems: 1, maxItems: MAX_ROWS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ROWS)
  invitations: unknown[];
}

/** Why a row makes no invitation. */
type RowRefusal = ValidationFailed | CannotGrantOwner | IssueRefusal;
const CODES = [
  'validation_error',
  'cannot_grant_owner',
  'already_member',
  'already_invited',
] as const satisfies RowRefusal['code'][];

/** A row of the request: what it asks for, or why it can't be asked for. */
export interface BatchRow {
  /** As it was given where it is no address; null where there is no text. */
  readonly email: string | null;
  readonly request: NewInvitationRequest | null;
  readonly refusal: RowRefusal | null;
}

/** Each row is judged for itself, as one that comes alone. */
export function readRows(rows: readonly unknown[]): Promise<BatchRow[]> {
  return Promise.all(rows.map(judgeRow));
}

async function judgeRow(row: unknown): Promise<BatchRow> {
  const request = await readRow(NewInvitationRequest, row);
  if (request instanceof ValidationFailed) return refused(textOf(row, 'email'), request);
  if (request.role !== 'owner') return { email: request.email, request, refusal: null };
  return refused(request.email, new CannotGrantOwner('nobody is invited as owner'));
}

function refused(email: string | null, refusal: RowRefusal): BatchRow {
  return { email, request: null, refusal };
}

export class InvitationResultBody {
  @ApiProperty({ type: String, nullable: true, example: 'grace@example.com' })
  email: string | null;

  @ApiProperty({ enum: ['created', 'error'] })
  status: 'created' | 'error';

  @ApiProperty({ type: InvitationBody, nullable: true })
  invitation: InvitationBody | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Shown this once.',
    example: 'https://keycap.example.com/dashboard/accept-invitation#token=kci_4fJ0mYw1c3Rk9T',
  })
  accept_url: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'A sentence.' })
  error: string | null;

  @ApiProperty({ enum: CODES, nullable: true, example: null })
  code: (typeof CODES)[number] | null;

  static created(issued: IssuedInvitation): InvitationResultBody {
    const { email } = issued.invitation;
    return {
      email,
      status: 'created',
      ...IssuedInvitationAnswer.of(issued),
      error: null,
      code: null,
    };
  }

  static refused(email: string | null, problem: RowRefusal): InvitationResultBody {
    return {
      email,
      status: 'error',
      invitation: null,
      accept_url: null,
      error: sentenceOf(problem),
      code: problem.code,
    };
  }
}

export class InvitationBatchAnswer {
  @ApiProperty({ type: [InvitationResultBody] })
  results: InvitationResultBody[];

  /** @param outcomes of the rows that could be asked for, in order */
  static of(
    rows: readonly BatchRow[],
    outcomes: readonly (IssuedInvitation | IssueRefusal)[],
  ): InvitationBatchAnswer {
    const rest = outcomes.values();
    const results = rows.map(({ email, refusal }) => {
      const outcome = refusal ?? rest.next().value;
      if (!outcome) throw new Error('a row without an outcome');
      return 'invitation' in outcome
        ? InvitationResultBody.created(outcome)
        : InvitationResultBody.refused(email, outcome);
    });
    return { results };
  }
}
