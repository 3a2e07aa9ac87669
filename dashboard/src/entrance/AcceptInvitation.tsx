import { Anchor, Button, Group, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { me, organizations } from '../api/queries';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { Entrance } from './Entrance';
import { useFragmentToken } from './fragment-token';
import { NewPassword } from './NewPassword';

/** Behind the link of an invitation: joins as who is signed in, or signs up in the same step. */
export function AcceptInvitation() {
  const { t } = useTranslation();
  const token = useFragmentToken();
  const found = useQuery({
    queryKey: ['invitation', token],
    queryFn: () =>
      answerOf(
        api.GET('/v1/invitations/lookup', { params: { header: { 'X-Invitation-Token': token } } }),
      ),
    retry: false,
  });
  const user = useQuery(me);
  if (found.error) {
    return (
      <Entrance title={t('accept.title')}>
        <Complaint error={found.error} />
      </Entrance>
    );
  }
  if (!found.data || user.isPending) {
    return (
      <Entrance title={t('accept.title')}>
        <LoadingRows rows={3} />
      </Entrance>
    );
  }
  const { invitation, account_exists: hasAccount } = found.data;
  return (
    <Entrance
      title={t('accept.join', { organization: invitation.organization_name })}
      about={t('accept.about', {
        email: invitation.email,
        role: t(`roles.${invitation.role}`),
      })}
    >
      {hasAccount && !user.data ? (
        <SignInFirst />
      ) : (
        <Join token={token} isSignedIn={Boolean(user.data)} />
      )}
    </Entrance>
  );
}

function SignInFirst() {
  const { t } = useTranslation();
  return (
    <Text>
      {t('accept.signInFirst')}{' '}
      <Anchor component={Link} to="/sign-in" underline="always">
        {t('signIn.title')}
      </Anchor>
    </Text>
  );
}

interface JoinProps {
  readonly token: string;
  readonly isSignedIn: boolean;
}

function Join({ token, isSignedIn }: JoinProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const accept = useMutation({
    mutationFn: (values: Values) =>
      answerOf(api.POST('/v1/invitations/accept', { body: { token, ...values } })),
    onSuccess: async ({ member }) => {
      queries.clear();
      const own = await queries.query(organizations);
      const joined = own.find(({ id }) => id === member.organization_id);
      await (joined
        ? navigate({ to: '/orgs/$slug/overview', params: { slug: joined.slug } })
        : navigate({ to: '/' }));
    },
  });
  const decline = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/invitations/decline', {
          params: { header: { 'X-Invitation-Token': token } },
        }),
      ),
  });
  if (decline.isSuccess) return <Text role="status">{t('accept.declined')}</Text>;
  return (
    <Form onSubmit={accept.mutate} error={accept.error ?? decline.error}>
      {!isSignedIn && (
        <>
          <TextInput
            name="name"
            label={t('setUp.name')}
            error={fieldError(accept.error, 'name')}
            autoComplete="name"
            maxLength={100}
            required
          />
          <NewPassword label={t('signIn.password')} error={fieldError(accept.error, 'password')} />
        </>
      )}
      <Group grow>
        <Button
          variant="default"
          loading={decline.isPending}
          onClick={() => {
            decline.mutate();
          }}
        >
          {t('accept.decline')}
        </Button>
        <Button type="submit" loading={accept.isPending}>
          {t('accept.submit')}
        </Button>
      </Group>
    </Form>
  );
}
