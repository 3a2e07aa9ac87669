import { Button, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { people } from '../api/organization-queries';
import type { InvitationResult } from '../api/types';
import { useIssuing } from '../credentials/use-issuing';
import { Dialog, DialogButtons } from '../forms/Dialog';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { Complaint } from '../states/Complaint';
import { Addresses, DryRun } from './Addresses';
import { InvitationResults } from './InvitationResults';
import type { InvitationRow } from './rows';
import { readRows } from './rows';

/** Rows in a request: few enough for a bar that moves. */
const STEP = 25;

/** Many at once: typed or from a file, looked through first, then sent with a bar that shows how far. */
export function InviteMany() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const { data: members = [] } = useQuery(people(orgID));
  const [text, setText] = useState('');
  const { sending, results, unsent } = useSending();
  const rows = readRows(text, members);
  const good = rows.filter(({ problem }) => problem === null);
  if (results.length > 0 && !sending.isPending) {
    return (
      <InvitationResults
        results={results}
        error={sending.error}
        unsent={unsent.length}
        onGoOn={() => {
          sending.mutate(unsent);
        }}
        onClose={dialog.close}
      />
    );
  }
  return (
    <Dialog
      title={t('invitations.many')}
      opened
      onClose={dialog.close}
      size="xl"
      isLocked={sending.isPending}
    >
      <Addresses text={text} onChange={setText} isDisabled={sending.isPending} />
      <DryRun rows={rows} goodCount={good.length} />
      {sending.isPending && <HowFar done={results.length} all={results.length + unsent.length} />}
      {Boolean(sending.error) && <Complaint error={sending.error} />}
      <DialogButtons>
        <Button variant="default" onClick={dialog.close} disabled={sending.isPending}>
          {t('actions.cancel')}
        </Button>
        <Button
          onClick={() => {
            sending.mutate(good);
          }}
          loading={sending.isPending}
          disabled={good.length === 0}
        >
          {t('invitations.inviteCount', { count: good.length })}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

/** Sends rows step by step; what was made stays known where a later step fails. */
function useSending() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const announce = useAnnounce();
  const [results, setResults] = useState<readonly InvitationResult[]>([]);
  const [unsent, setUnsent] = useState<readonly InvitationRow[]>([]);
  const sending = useIssuing(
    async (asked: readonly InvitationRow[]) => {
      const made: InvitationResult[] = [];
      setUnsent(asked);
      for (let start = 0; start < asked.length; start += STEP) {
        const end = start + STEP;
        const part = asked.slice(start, end).map(({ email, role }) => ({ email, role }));
        const answer = await answerOf(
          api.POST('/v1/organizations/{orgID}/invitations/batch', {
            params: { path: { orgID } },
            body: { invitations: part },
          }),
        );
        made.push(...answer.results);
        setResults((before) => [...before, ...answer.results]);
        setUnsent(asked.slice(end));
      }
      return made;
    },
    (made) => {
      const { length: count } = made.filter(({ status }) => status === 'created');
      announce(t('invitations.invitedMany', { count }));
    },
  );
  return { sending, results, unsent };
}

function HowFar({ done, all }: { readonly done: number; readonly all: number }) {
  const { t } = useTranslation();
  return (
    <Progress.Root size="lg" mt="md">
      <Progress.Section
        value={(done / all) * 100}
        aria-label={t('invitations.sending', { done, all })}
      />
    </Progress.Root>
  );
}
