import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { type AuditEvent } from '../audit-event.entity.js';
import { AuditEventBody } from '../audit.dto.js';
import { csvLine } from './csv.js';

/** What the list is answered as, by `Accept`; JSON in pages, the others whole. */
export const EVENT_TYPES = ['application/json', 'text/csv', 'application/x-ndjson'] as const;
export type ExportType = Exclude<(typeof EVENT_TYPES)[number], 'application/json'>;

const COLUMNS = [
  'id',
  'created_at',
  'action',
  'actor_kind',
  'actor_id',
  'organization_id',
  'project_id',
  'target_id',
  'ip',
  'request_id',
  'metadata',
] as const satisfies (keyof AuditEventBody)[];

interface Format {
  readonly head: string;
  readonly extension: string;
  readonly line: (event: AuditEventBody) => string;
}

const FORMATS: Readonly<Record<ExportType, Format>> = {
  'text/csv': {
    head: csvLine(COLUMNS),
    extension: 'csv',
    line: (event) => csvLine(COLUMNS.map((column) => cellOf(event[column]))),
  },
  'application/x-ndjson': {
    head: '',
    extension: 'ndjson',
    line: (event) => `${JSON.stringify(event)}\n`,
  },
};

/**
 * A file of all events, written only as fast as it is read. Without the first events there is no
 * file: a database that is away is an error, and not a file that breaks off.
 */
export async function exportOf(
  batches: AsyncGenerator<AuditEvent[]>,
  type: ExportType,
): Promise<StreamableFile> {
  const format = FORMATS[type];
  const first = await batches.next();
  const text = Readable.from(textOf(first, batches, format), { objectMode: false });
  return new StreamableFile(text, {
    type: `${type}; charset=utf-8`,
    disposition: `attachment; filename="audit-events.${format.extension}"`,
  });
}

async function* textOf(
  first: IteratorResult<AuditEvent[], void>,
  rest: AsyncGenerator<AuditEvent[]>,
  { head, line }: Format,
): AsyncGenerator<string> {
  const lines = (events: readonly AuditEvent[]): string =>
    events.map((event) => line(AuditEventBody.of(event))).join('');
  yield head + lines(first.value ?? []);
  for await (const events of rest) yield lines(events);
}

function cellOf(value: object | string | null): string | null {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
