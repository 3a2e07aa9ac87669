import { Notification } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

const SHOWN_MS = 6000;

type Announce = (text: string) => void;
const AnnounceContext = createContext<Announce>(() => undefined);

/** Says what has been done, to the eye and to screen readers. */
export const useAnnounce = (): Announce => useContext(AnnounceContext);

/** The one place where results are announced (`role="status"`), which outlives every page. */
export function Announcements({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [said, setSaid] = useState<{ text: string; number: number } | null>(null);
  const announce = useCallback((text: string) => {
    setSaid((before) => ({ text, number: (before?.number ?? 0) + 1 }));
  }, []);
  const forget = useCallback(() => {
    setSaid(null);
  }, []);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(forget, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [said, forget]);
  const value = useMemo(() => announce, [announce]);
  return (
    <AnnounceContext value={value}>
      {children}
      <div role="status" className="announcements">
        {said && (
          <Notification
            key={said.number}
            icon={<IconCheck size={18} aria-hidden />}
            color="green"
            withBorder
            role="presentation"
            onClose={forget}
            closeButtonProps={{ 'aria-label': t('states.dismiss') }}
          >
            {said.text}
          </Notification>
        )}
      </div>
    </AnnounceContext>
  );
}
