import type { AuditEventBody, AuditEventList } from '../src/audit/audit.dto.js';
import { chainOf } from './support/audit-chain.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { testVariable } from './support/servers.js';

const CSV = 'text/csv; charset=utf-8';
const NDJSON = 'application/x-ndjson; charset=utf-8';

function get(org: TestOrganization, accept: string, query = '') {
  const path = `${org.path}/audit-events${query}`;
  return call<AuditEventList>('GET', path, { as: org.owner.session, headers: { accept } });
}

/** The cells of CSV by RFC 4180, read character by character. */
function cellsOf(csv: string): string[][] {
  const lines: string[][] = [[]];
  let [cell, isQuoted] = ['', false];
  for (const [at, character] of [...csv].entries()) {
    const isPlain = isQuoted || !',\r\n'.includes(character);
    if (character === '"') {
      // Of a pair within quotation marks the first closes them, and the second opens them again.
      if (!isQuoted && csv[at - 1] === '"') cell += '"';
      isQuoted = !isQuoted;
    } else if (isPlain) cell += character;
    else if (character !== '\r') {
      lines.at(-1)!.push(cell);
      cell = '';
      if (character === '\n') lines.push([]);
    }
  }
  return lines.slice(0, -1);
}

/** Many events at once, for reading alone: they are no part of the chain. */
async function plantEvents(org: TestOrganization, count: number): Promise<void> {
  await inDatabase(
    `INSERT INTO audit_events (id, chain, sequence, canonical, hash, organization_id, action,
                               actor_kind, target_id, metadata, created_at)
     SELECT gen_random_uuid(), $1, 1000 + number, '', '', $1, 'project.created', 'system',
            'planted_' || number, '{"text": "a, \\"b\\"\\n"}', now()
       FROM generate_series(1, $2) AS number`,
    [chainOf(org.id), count],
  );
}

it('answers one file of everything, by Accept, and JSON otherwise', async () => {
  const org = await newOrganization();
  const [json, csv, ndjson, any] = await Promise.all(
    ['application/json', 'text/csv', 'application/x-ndjson', '*/*'].map((type) => get(org, type)),
  );
  expect(json!.headers.get('content-type')).toMatch(/^application\/json/);
  expect(any!.body).toEqual(json!.body);
  const events = json!.body.audit_events;
  expect(ndjson!.headers.get('content-type')).toBe(NDJSON);
  expect(ndjson!.headers.get('content-disposition')).toBe(
    'attachment; filename="audit-events.ndjson"',
  );
  const lines = ndjson!.text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as AuditEventBody)).toEqual(events);
  expect(csv!.headers.get('content-type')).toBe(CSV);
  expect(csv!.headers.get('vary')).toMatch(/accept/i);
  expect(csv!.headers.get('cache-control')).toBe('no-store');
  const [head, ...rows] = cellsOf(csv!.text);
  expect(
    rows.map((cells) => Object.fromEntries(head!.map((name, at) => [name, cells[at]]))),
  ).toEqual(
    events.map((event) =>
      Object.fromEntries(
        Object.entries(event).map(([name, value]: [string, unknown]) => [
          name,
          typeof value === 'object' && value !== null ? JSON.stringify(value) : (value ?? ''),
        ]),
      ),
    ),
  );
});

it('streams several thousand events, each once', async () => {
  const org = await newOrganization();
  await plantEvents(org, 4000);
  const { text } = await get(org, 'application/x-ndjson');
  const ids = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as AuditEventBody).id);
  expect(ids).toHaveLength(4002);
  expect(new Set(ids).size).toBe(4002);
  expect(ids).toEqual(ids.toSorted().toReversed());
  const rows = cellsOf((await get(org, 'text/csv')).text);
  expect(rows).toHaveLength(4003);
  expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([11]));
});

it('reads no more than is taken of it', async () => {
  const org = await newOrganization();
  await plantEvents(org, 12_000);
  const response = await fetch(`${testVariable('KEYCAP_TEST_URL')}${org.path}/audit-events`, {
    headers: { authorization: `Bearer ${org.owner.session}`, accept: 'text/csv' },
  });
  const reader = response.body!.getReader();
  await reader.read();
  // What is deleted now was not read yet, so it is not in the file.
  await inDatabase('DELETE FROM audit_events WHERE chain = $1 AND sequence > 1000', [
    chainOf(org.id),
  ]);
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += (part.value as Uint8Array).length;
  }
  expect(bytes).toBeLessThan(12_000 * 150);
});

it('makes text of cells that a spreadsheet would compute', async () => {
  const org = await newOrganization();
  await ask('PATCH', org.path, {
    as: org.owner.session,
    body: { name: '=HYPERLINK("http://evil.test")' },
    headers: { 'x-request-id': '-cmd' },
  });
  const { text } = await get(org, 'text/csv', '?action=organization.updated');
  const [head, cells] = cellsOf(text);
  expect(cells![head!.indexOf('request_id')]).toBe("'-cmd");
  for (const cell of cellsOf(text).flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
});

it('filters by action, actor, target and time, in lists and in files', async () => {
  const org = await newOrganization();
  const admin = await org.member('admin');
  const { project } = await ask<{ project: { id: string } }>('POST', '/v1/projects', {
    as: admin.session,
    body: { organization_id: org.id, name: 'Filtered' },
    expect: 201,
  });
  await inDatabase(
    `UPDATE audit_events SET created_at = '2020-02-03T04:05:06Z'
      WHERE organization_id = $1 AND action = 'organization.created'`,
    [chainOf(org.id)],
  );
  const actionsOf = async (query: string) => {
    const { body } = await get(org, 'application/json', query);
    const { text } = await get(org, 'application/x-ndjson', query);
    const events = text.split('\n').filter((line) => line !== '');
    expect(events.map((line) => JSON.parse(line) as AuditEventBody)).toEqual(body.audit_events);
    return body.audit_events.map(({ action }) => action);
  };
  expect(await actionsOf(`?target_id=${project.id}`)).toEqual(['project.created']);
  expect(await actionsOf(`?actor_id=${admin.id}&action=project.created`)).toEqual([
    'project.created',
  ]);
  expect(await actionsOf('?to=2020-02-03T04:05:07Z')).toEqual(['organization.created']);
  expect(await actionsOf('?to=2020-02-03T04:05:06Z')).toEqual([]);
  expect(await actionsOf('?from=2020-02-03T04:05:06Z&to=2021-01-01T00:00:00Z')).toEqual([
    'organization.created',
  ]);
  expect(await actionsOf('?from=2020-02-03T04:05:07Z')).not.toContain('organization.created');
  const first = await get(org, 'application/json', '?limit=1');
  const rest = await actionsOf(`?before=${first.body.next_cursor!}`);
  expect(rest.at(-1)).toBe('organization.created');
  expect(rest).toHaveLength((await actionsOf('')).length - 1);
});

it('refuses filters that are none', async () => {
  const org = await newOrganization();
  for (const query of ['from=yesterday', 'to=2026', 'action=x', 'before=x', 'kind=user']) {
    const { status, body } = await call('GET', `${org.path}/audit-events?${query}`, {
      as: org.owner.session,
      headers: { accept: 'text/csv' },
    });
    expect([query, status, body.code]).toEqual([query, 400, 'validation_error']);
  }
});
