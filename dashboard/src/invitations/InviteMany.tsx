import { Button, FileButton, Group, Progress, Table, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { people } from '../api/queries';
import type { InvitationResult } from '../api/types';
import { csvOf } from '../downloads/csv';
import { downloadText } from '../downloads/download';
import { Dialog, DialogButtons } from '../forms/Dialog';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { Complaint } from '../states/Complaint';
import type { InvitationRow } from './rows';
import { readRows } from './rows';

/** Rows in a request: few enough for a bar that moves. */
const STEP = 25;

/** Many at once: typed or from a file, looked through first, then sent with a bar that shows how far. */
export function InviteMany() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { data: members = [] } = useQuery(people(orgID));
  const [text, setText] = useState('');
  const [sent, setSent] = useState<number | null>(null);
  const [results, setResults] = useState<readonly InvitationResult[]>([]);
  const [error, setError] = useState<unknown>(null);
  const rows = readRows(text, members);
  const good = rows.filter(({ problem }) => problem === null);

  const send = async (): Promise<void> => {
    const collected: InvitationResult[] = [];
    for (let start = 0; start < good.length; start += STEP) {
      setSent(start);
      const part = good.slice(start, start + STEP).map(({ email, role }) => ({ email, role }));
      const answer = await answerOf(
        api.POST('/v1/organizations/{orgID}/invitations/batch', {
          params: { path: { orgID } },
          body: { invitations: part },
        }),
      );
      collected.push(...answer.results);
      setResults([...collected]);
    }
    const created = collected.filter(({ status }) => status === 'created').length;
    announce(t('invitations.invitedMany', { count: created }));
  };
  const start = (): void => {
    setError(null);
    send()
      .catch(setError)
      .finally(() => {
        setSent(null);
        void queries.invalidateQueries({ queryKey: [orgID] });
      });
  };
  const isDone = results.length > 0 && sent === null;
  return (
    <Dialog title={t('invitations.many')} opened onClose={dialog.close} size="xl">
      {!isDone && (
        <>
          <Textarea
            label={t('invitations.addresses')}
            description={t('invitations.addressesAbout')}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
            }}
            autosize
            minRows={5}
            maxRows={12}
            placeholder={'ada@example.com\ngrace@example.com,admin'}
            data-autofocus
          />
          <Group mt="sm">
            <FileButton
              accept="text/csv,text/plain"
              inputProps={{ 'aria-label': t('invitations.file') }}
              onChange={(file) => {
                void file?.text().then(setText);
              }}
            >
              {(props) => (
                <Button
                  {...props}
                  variant="default"
                  size="xs"
                  leftSection={<IconUpload size={16} aria-hidden />}
                >
                  {t('invitations.file')}
                </Button>
              )}
            </FileButton>
          </Group>
          <DryRun rows={rows} goodCount={good.length} />
        </>
      )}
      {sent !== null && (
        <Progress.Root size="lg" mt="md">
          <Progress.Section
            value={(sent / good.length) * 100}
            aria-label={t('invitations.sending', { done: sent, all: good.length })}
          />
        </Progress.Root>
      )}
      {Boolean(error) && <Complaint error={error} />}
      {isDone && <Results results={results} />}
      <DialogButtons>
        <Button variant="default" onClick={dialog.close}>
          {t(isDone ? 'actions.close' : 'actions.cancel')}
        </Button>
        {!isDone && (
          <Button onClick={start} loading={sent !== null} disabled={good.length === 0}>
            {t('invitations.inviteCount', { count: good.length })}
          </Button>
        )}
      </DialogButtons>
    </Dialog>
  );
}

interface DryRunProps {
  readonly rows: readonly InvitationRow[];
  readonly goodCount: number;
}

/** What would happen, before anything does. */
function DryRun({ rows, goodCount }: DryRunProps) {
  const { t } = useTranslation();
  const bad = rows.filter(({ problem }) => problem !== null);
  if (rows.length === 0) return null;
  return (
    <div role="status" className="dry-run">
      <Text size="sm" fw={600} mt="md">
        {t('invitations.dryRun', { good: goodCount, bad: bad.length })}
      </Text>
      {bad.map(({ email, problem }, index) => (
        <Text key={[index, email].join(' ')} size="sm">
          {email}: {problem !== null && t(`invitations.problems.${problem}`)}
        </Text>
      ))}
    </div>
  );
}

function Results({ results }: { readonly results: readonly InvitationResult[] }) {
  const { t } = useTranslation();
  const csv = csvOf([
    ['email', 'status', 'accept_url'],
    ...results.map(({ email, status, code, accept_url: url }) => [
      email ?? null,
      code ?? status,
      url ?? null,
    ]),
  ]);
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => {
            downloadText('invitations.csv', csv, 'text/csv');
          }}
        >
          {t('invitations.downloadLinks')}
        </Button>
      </Group>
      <div className="scroll" tabIndex={0} role="group" aria-label={t('invitations.results')}>
        <Table striped>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('signIn.email')}</Table.Th>
              <Table.Th>{t('invitations.result')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {results.map(({ email, status, error }, index) => (
              <Table.Tr key={[index, email].join(' ')}>
                <Table.Td>{email}</Table.Td>
                <Table.Td>{status === 'created' ? t('invitations.wasInvited') : error}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}
