import { Button, Group, Progress, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { ApiKey } from '../api/types';
import { Confirmation } from '../forms/Confirmation';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { useFormat } from '../words/use-format';

interface RevokeSelectedProps {
  readonly keys: readonly ApiKey[];
  readonly onDone: () => void;
}

/** Revokes the chosen keys one after the other, and says how far it is. */
export function RevokeSelected({ keys, onDone }: RevokeSelectedProps) {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  const live = keys.filter(({ revoked_at: revokedAt }) => revokedAt === null);
  if (live.length === 0) return null;
  return (
    <Group mb="sm" gap="sm">
      <Text size="sm">{t('lists.selected', { count: live.length })}</Text>
      <Button
        color="red"
        variant="light"
        size="xs"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {t('apiKeys.revokeSelected')}
      </Button>
      {isAsking && (
        <RevokeMany
          keys={live}
          onClose={(isDone) => {
            setIsAsking(false);
            if (isDone) onDone();
          }}
        />
      )}
    </Group>
  );
}

interface RevokeManyProps {
  readonly keys: readonly ApiKey[];
  readonly onClose: (isDone: boolean) => void;
}

function RevokeMany({ keys, onClose }: RevokeManyProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const format = useFormat();
  const [done, setDone] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const revokeAll = async (): Promise<void> => {
    setError(null);
    for (const [index, { id: keyID }] of keys.entries()) {
      setDone(index);
      const params = { path: { orgID, keyID } };
      await answerOf(api.DELETE('/v1/organizations/{orgID}/api-keys/{keyID}', { params }));
    }
    announce(t('apiKeys.revokedMany', { count: keys.length }));
    onClose(true);
  };
  const start = (): void => {
    revokeAll()
      .catch(setError)
      .finally(() => {
        setDone(null);
        void queries.invalidateQueries({ queryKey: [orgID] });
      });
  };
  const lastUsed = keys
    .map(({ last_used_at: at }) => at)
    .filter((at) => at !== null)
    .sort()
    .at(-1);
  return (
    <Confirmation
      title={t('apiKeys.revokeManyTitle', { count: keys.length })}
      action={t('apiKeys.revoke')}
      isBusy={done !== null}
      error={error}
      onConfirm={start}
      onClose={() => {
        onClose(false);
      }}
    >
      <Text size="sm">{t('apiKeys.revokeAbout')}</Text>
      <Text size="sm" fw={600}>
        {lastUsed === undefined
          ? t('apiKeys.noneUsed')
          : t('apiKeys.lastUseOfMany', { when: format.relative(lastUsed) })}
      </Text>
      {done !== null && (
        <Progress.Root size="lg">
          <Progress.Section
            value={(done / keys.length) * 100}
            aria-label={t('apiKeys.revoking', { done, all: keys.length })}
          />
        </Progress.Root>
      )}
    </Confirmation>
  );
}
