import { Button, Menu, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../api/refusal';
import { useOrganization } from '../organizations/use-organization';
import { downloadText } from '../secrets/download';
import { useAnnounce } from '../states/announcements';
import { useReport } from '../states/reports';
import { useFormat } from '../words/use-format';
import type { AuditFilters } from './audit-queries';
import { auditQuery } from './audit-queries';

const FORMATS = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** The record as a file, counted while it comes. */
export function Exports({ filters }: { readonly filters: AuditFilters }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const format = useFormat();
  const announce = useAnnounce();
  const report = useReport();
  const [lines, setLines] = useState<number | null>(null);
  const exportAs = async (name: keyof typeof FORMATS): Promise<void> => {
    setLines(0);
    const query = new URLSearchParams(auditQuery(filters)).toString();
    const text = await readAll(
      `/v1/organizations/${orgID}/audit-events?${query}`,
      FORMATS[name],
      setLines,
    );
    downloadText(`audit.${name}`, text, FORMATS[name]);
    announce(t('audit.exported'));
  };
  const start = (name: keyof typeof FORMATS): void => {
    exportAs(name)
      .catch(report)
      .finally(() => {
        setLines(null);
      });
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
                start(name);
              }}
            >
              {t('audit.as', { format: name.toUpperCase() })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Text size="sm" role="status" component="div">
        {lines !== null && t('audit.progress', { lines: format.number(lines) })}
      </Text>
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
