import { Anchor, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { BASE } from '../entrance/place';
import { Entrance } from '../entrance/Entrance';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';

/** Nothing has this address, or nothing that the person may know of. */
export function MissingPage() {
  const { t } = useTranslation();
  return (
    <Entrance title={t('states.missing')}>
      <Text mb="md">{t('states.missingAbout')}</Text>
      <Anchor href={BASE} underline="always">
        {t('profile.back')}
      </Anchor>
    </Entrance>
  );
}

export function BrokenPage({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  return (
    <Entrance title={t('states.brokenTitle')}>
      <Complaint
        error={error}
        onRetry={() => {
          window.location.reload();
        }}
      />
    </Entrance>
  );
}

export function WaitingPage() {
  return (
    <div className="page waiting">
      <LoadingRows />
    </div>
  );
}
