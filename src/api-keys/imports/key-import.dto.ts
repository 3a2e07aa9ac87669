import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { parseDateTime } from '../../http/input/date-time.js';
import { IsDateTime, IsName } from '../../http/input/fields.js';
import { readRow, sentenceOf, textOf } from '../../http/input/rows.js';
import { type Problem, ValidationFailed } from '../../problem.js';
import { ApiKeyBody, IsKeyScopes, projectIdOf } from '../api-keys.dto.js';
import { IMPORT_ALGORITHMS } from './foreign-hash.js';
import { type ImportDraft, type ImportOutcome } from './import-draft.js';
import { PREFIX_SHAPE } from './imported-text.js';

const MAX_ROWS = 1000;

export class ImportedKeyRequest {
  @ApiProperty({ example: 'Acme production', minLength: 1, maxLength: 100 })
  @IsName()
  name: string;

  @ApiProperty({
    example: '2ea6201a068c5fa0eea5d81a3863321a87f8d533bde5ecf8ead5aa2df4add2d7',
    description: 'Of the whole key, as the other system stored it.',
  })
  @IsString()
  hash: string;

  @ApiProperty({ enum: IMPORT_ALGORITHMS })
  @IsString()
  @MaxLength(100)
  algorithm: string;

  @ApiProperty({
    example: 'acme_k7Q2',
    pattern: PREFIX_SHAPE.source,
    description: 'How the key begins: the longer, the better where its hash is slow.',
  })
  @IsString()
  @Matches(PREFIX_SHAPE, { message: 'key_prefix must be 4 to 32 of A-Z a-z 0-9 _ . -' })
  key_prefix: string;

  @ApiProperty({ type: [String], example: ['credentials:read'], minItems: 1 })
  @IsKeyScopes()
  scopes: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2031-02-03T04:05:06Z',
  })
  @IsOptional()
  @IsDateTime()
  expires_at?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe',
    description: 'Confines the key to this project.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  project_id?: string | null;

  toDraft(): ImportDraft {
    const { name, hash, algorithm, scopes, key_prefix, expires_at, project_id } = this;
    return {
      ...{ name, hash, algorithm, scopes, keyPrefix: key_prefix },
      expiresAt: typeof expires_at === 'string' ? parseDateTime(expires_at) : null,
      projectId: typeof project_id === 'string' ? projectIdOf(project_id) : null,
    };
  }
}

export class KeyImportRequest {
  @ApiProperty({ type: [ImportedKeyRequest], minItems: 1, maxItems: MAX_ROWS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ROWS)
  keys: unknown[];

  @ApiPropertyOptional({
    type: Boolean,
    nullable: true,
    default: false,
    description: 'Judges every row and writes nothing.',
  })
  @IsOptional()
  @IsBoolean()
  dry_run?: boolean | null;
}

/** A row of the request: what it asks for, or why it can't be asked for. */
export interface ImportRow {
  /** As it was given; null where there is no text. */
  readonly name: string | null;
  readonly wanted: ImportDraft | ValidationFailed;
}

/** Each row is judged for itself, as one that comes alone. */
export function readRows(rows: readonly unknown[]): Promise<ImportRow[]> {
  return Promise.all(
    rows.map(async (row) => {
      const request = await readRow(ImportedKeyRequest, row);
      const wanted = request instanceof ValidationFailed ? request : request.toDraft();
      return { name: textOf(row, 'name'), wanted };
    }),
  );
}

const STATUSES = ['imported', 'valid', 'error'] as const;

export class ImportResultBody {
  @ApiProperty({ type: String, nullable: true, example: 'Acme production' })
  name: string | null;

  @ApiProperty({ enum: STATUSES, description: '`valid` in a dry run alone.' })
  status: (typeof STATUSES)[number];

  @ApiProperty({ type: ApiKeyBody, nullable: true })
  api_key: ApiKeyBody | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'A sentence.' })
  error: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'Of a row that was refused: `hash_not_supported`, `prefix_not_allowed`, `prefix_too_common`, ' +
      '`prefix_limit_reached`, `already_imported`, or as creating such a key would be.',
  })
  code: string | null;

  static of(name: string | null, outcome: ImportOutcome, now: Date): ImportResultBody {
    if (outcome === 'valid') return { ...NOTHING, name, status: 'valid' };
    if (outcome instanceof Error) return ImportResultBody.refused(name, outcome);
    return { ...NOTHING, name, status: 'imported', api_key: ApiKeyBody.of(outcome, now) };
  }

  private static refused(name: string | null, problem: Problem): ImportResultBody {
    const { code } = problem;
    return { name, status: 'error', api_key: null, error: sentenceOf(problem), code };
  }
}

const NOTHING = { api_key: null, error: null, code: null } as const;

export class KeyImportAnswer {
  @ApiProperty({ type: [ImportResultBody] })
  results: ImportResultBody[];

  /** @param outcomes of all rows, in order */
  static of(
    rows: readonly ImportRow[],
    outcomes: readonly ImportOutcome[],
    now: Date,
  ): KeyImportAnswer {
    const results = rows.map(({ name }, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) throw new Error('a row without an outcome');
      return ImportResultBody.of(name, outcome, now);
    });
    return { results };
  }
}
