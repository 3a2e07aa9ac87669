import { CloseButton, Group } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Complaint } from './Complaint';

type Report = (error: unknown) => void;
const ReportContext = createContext<Report>(() => undefined);

/** Shows what went wrong with something that has no form of its own to show it in. */
export const useReport = (): Report => useContext(ReportContext);

export function Reports({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const { pathname } = useLocation();
  // Another page has nothing to do with it.
  useEffect(() => {
    setError(null);
  }, [pathname]);
  return (
    <ReportContext value={setError}>
      {children}
      {error !== null && (
        <Group className="report" align="flex-start" gap={0} wrap="nowrap">
          <Complaint error={error} />
          <CloseButton
            aria-label={t('states.dismissReport')}
            onClick={() => {
              setError(null);
            }}
          />
        </Group>
      )}
    </ReportContext>
  );
}
