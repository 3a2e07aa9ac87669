import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { csvOf } from '../downloads/csv';
import { ExportProgress } from '../downloads/ExportProgress';
import { useExport } from '../downloads/use-export';
import { useOrganization } from '../organizations/use-organization';
import type { KeyFilters } from './api-key-queries';
import { fetchAllKeys } from './api-key-queries';
import { KEY_COLUMNS, keyCells } from './key-cells';

/** All keys that the filters leave, as a file for spreadsheets. */
export function ExportKeys({ filters }: { readonly filters: KeyFilters }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const { lines, start } = useExport(t('apiKeys.exported'));
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={18} aria-hidden />}
        disabled={lines !== null}
        onClick={() => {
          start(async (onLines) => {
            const keys = await fetchAllKeys(orgID, filters, onLines);
            const now = Date.now();
            const text = csvOf([KEY_COLUMNS, ...keys.map((key) => keyCells(key, now))]);
            return { name: 'api-keys.csv', text, type: 'text/csv' };
          });
        }}
      >
        {t('apiKeys.export')}
      </Button>
      <ExportProgress lines={lines} />
    </>
  );
}
