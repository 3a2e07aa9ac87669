import { CloseButton, Group } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { createContext, useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Complaint } from './Complaint';

type Report = (error: unknown) => void;
const ReportContext = createContext<Report>(() => undefined);

/** Shows what went wrong with something that has no form of its own to show it in. */
export const useReport = (): Report => useContext(ReportContext);

export function Reports({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  // Another page has nothing to do with it.
  const [failure, setFailure] = useState<{ error: unknown; at: string } | null>(null);
  const report = (error: unknown): void => {
    setFailure({ error, at: pathname });
  };
  return (
    <ReportContext value={report}>
      {children}
      {failure?.at === pathname && (
        <Group className="report" align="flex-start" gap={0} wrap="nowrap">
          <Complaint error={failure.error} />
          <CloseButton
            aria-label={t('states.dismissReport')}
            onClick={() => {
              setFailure(null);
            }}
          />
        </Group>
      )}
    </ReportContext>
  );
}
