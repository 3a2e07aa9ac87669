import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../api/refusal';
import { ExportProgress } from '../downloads/ExportProgress';
import { useExport } from '../downloads/use-export';
import { useOrganization } from '../organizations/use-organization';
import type { AuditFilters } from './audit-queries';
import { auditQuery } from './audit-queries';

const FORMATS = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** The record as a file, counted while it comes. */
export function Exports({ filters }: { readonly filters: AuditFilters }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const { lines, start } = useExport(t('audit.exported'));
  const exportAs = (name: keyof typeof FORMATS): void => {
    const query = new URLSearchParams(auditQuery(filters)).toString();
    const path = `/v1/organizations/${orgID}/audit-events?${query}`;
    const type = FORMATS[name];
    start(async (onLines) => ({
      name: `audit.${name}`,
      text: await readAll(path, type, onLines),
      type,
    }));
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
            disabled={lines !== null}
          >
            {t('audit.export')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(['csv', 'ndjson'] as const).map((name) => (
            <Menu.Item
              key={name}
              onClick={() => {
                exportAs(name);
              }}
            >
              {t('audit.as', { format: name.toUpperCase() })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ExportProgress lines={lines} />
    </>
  );
}

/** @param onLines told how many lines have come */
async function readAll(
  path: string,
  type: string,
  onLines: (lines: number) => void,
): Promise<string> {
  const response = await fetch(path, { headers: { Accept: type } }).catch(() => {
    throw Refusal.ofSilence();
  });
  if (!response.ok || !response.body) {
    const body: unknown = await response.json().catch(() => null);
    throw Refusal.of(response, body);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parts: string[] = [];
  let lines = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    lines += part.value.split('\n').length - 1;
    onLines(lines);
  }
  return parts.join('');
}
