import { Alert, Button, Table } from '@mantine/core';
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { InvitationResult } from '../api/types';
import { csvOf } from '../downloads/csv';
import { downloadText } from '../downloads/download';
import { Dialog, DialogButtons } from '../forms/Dialog';
import { useSaving } from '../secrets/use-saving';
import { Complaint } from '../states/Complaint';

interface InvitationResultsProps {
  readonly results: readonly InvitationResult[];
  /** Why the sending ended before its end. */
  readonly error: unknown;
  /** How many were not sent because of it. */
  readonly unsent: number;
  readonly onGoOn: () => void;
  readonly onClose: () => void;
}

/** What became of many invitations; their links are known this once, so they are not lost by Escape. */
export function InvitationResults(props: InvitationResultsProps) {
  const { results, error, unsent, onGoOn, onClose } = props;
  const { t } = useTranslation();
  const hasLinks = results.some(({ status }) => status === 'created');
  const { isSaved, markSaved } = useSaving(hasLinks);
  return (
    <Dialog title={t('invitations.many')} opened onClose={onClose} size="xl" isLocked={!isSaved}>
      {Boolean(error) && <Complaint error={error} />}
      {hasLinks && (
        <Alert color="orange" role="note" icon={<IconAlertTriangle aria-hidden />} mb="sm">
          {t('secrets.once')}
        </Alert>
      )}
      <ResultTable results={results} />
      <DialogButtons>
        {unsent > 0 && (
          <Button variant="default" onClick={onGoOn}>
            {t('invitations.inviteCount', { count: unsent })}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => {
            downloadText('invitations.csv', csvOfResults(results), 'text/csv');
            markSaved();
          }}
        >
          {t('invitations.downloadLinks')}
        </Button>
        <Button
          onClick={() => {
            markSaved();
            onClose();
          }}
        >
          {t(isSaved ? 'actions.close' : 'secrets.saved')}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function ResultTable({ results }: { readonly results: readonly InvitationResult[] }) {
  const { t } = useTranslation();
  return (
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
  );
}

function csvOfResults(results: readonly InvitationResult[]): string {
  return csvOf([
    ['email', 'status', 'accept_url'],
    ...results.map(({ email, status, code, accept_url: url }) => [
      email ?? null,
      code ?? status,
      url ?? null,
    ]),
  ]);
}
