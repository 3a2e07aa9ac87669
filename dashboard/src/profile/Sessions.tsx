import { Badge, Button, Paper, Table, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { useAnnounce } from '../states/announcements';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { Moment } from '../states/Moment';
import { useReport } from '../states/reports';

/** Where one is signed in, each to be ended. */
export function Sessions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const report = useReport();
  const { data, error } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => answerOf(api.GET('/v1/sessions')),
  });
  const end = useMutation({
    mutationFn: (sessionID: string) =>
      answerOf(api.DELETE('/v1/sessions/{sessionID}', { params: { path: { sessionID } } })),
    onError: report,
    onSuccess: async () => {
      announce(t('profile.sessionEnded'));
      await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} size="h4" mb="sm">
        {t('profile.sessions')}
      </Title>
      {error && <Complaint error={error} />}
      {!data && !error && <LoadingRows rows={2} />}
      {data && (
        <div className="scroll" tabIndex={0} role="group" aria-label={t('profile.sessions')}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('profile.device')}</Table.Th>
                <Table.Th>{t('profile.address')}</Table.Th>
                <Table.Th>{t('profile.lastSeen')}</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">{t('fields.actions')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.sessions.map((session) => (
                <Table.Tr key={session.id}>
                  <Table.Td>{session.device ?? t('profile.unknownDevice')}</Table.Td>
                  <Table.Td className="mono">{session.ip}</Table.Td>
                  <Table.Td>
                    <Moment at={session.last_seen_at} never="" />
                  </Table.Td>
                  <Table.Td>
                    {session.is_current ? (
                      <Badge variant="light" color="green">
                        {t('profile.thisOne')}
                      </Badge>
                    ) : (
                      <Button
                        size="compact-sm"
                        variant="light"
                        color="red"
                        aria-label={t('profile.endSessionOf', {
                          device: session.device ?? t('profile.unknownDevice'),
                        })}
                        onClick={() => {
                          end.mutate(session.id);
                        }}
                      >
                        {t('profile.endSession')}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Paper>
  );
}
