import {
  Alert,
  Button,
  Code,
  Group,
  NativeSelect,
  Paper,
  PasswordInput,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Values } from '../forms/Form';
import { Form } from '../forms/Form';
import { useFilterChange } from '../forms/use-filters';
import { useOrganization } from '../organizations/use-organization';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { PageHeader } from '../states/PageHeader';
import type { Operation } from './operations';
import { headersOf, loadOperations, targetOf } from './operations';
import type { Caller } from './requests';
import { send } from './requests';
import { TriedCode } from './TriedCode';

const route = getRouteApi('/signed-in/orgs/$slug/try-it');
const FIRST = 'listMembers';

/** Sends any operation of the API, as whom one likes. */
export function TryIt() {
  const { t } = useTranslation();
  const change = useFilterChange();
  const { operation: named = FIRST } = route.useSearch();
  const { data: operations, error } = useQuery({
    queryKey: ['operations'],
    queryFn: loadOperations,
    staleTime: Infinity,
  });
  const operation = operations?.find(({ id }) => id === named);
  return (
    <>
      <PageHeader title={t('pages.tryIt')} about={t('tryIt.about')} />
      {error && <Complaint error={error} />}
      {!operations && !error && <LoadingRows />}
      {operations && (
        <Stack gap="md">
          <NativeSelect
            label={t('tryIt.operation')}
            value={named}
            data={operations.map(({ id, summary, method, path }) => ({
              value: id,
              label: `${summary} (${method} ${path})`,
            }))}
            onChange={(event) => {
              change({ operation: event.currentTarget.value });
            }}
          />
          {operation && <Call key={operation.id} operation={operation} />}
        </Stack>
      )}
    </>
  );
}

function Call({ operation }: { readonly operation: Operation }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const [caller, setCaller] = useState<Caller>(operation.callers[0] ?? 'nobody');
  const [values, setValues] = useState<Values>({ orgID, organization_id: orgID });
  const [body, setBody] = useState(operation.body?.example ?? '');
  const [credential, setCredential] = useState('');
  const request = {
    method: operation.method,
    target: targetOf(operation, values),
    caller,
    credential,
    headers: headersOf(operation, values),
    body: operation.body === null ? null : { type: operation.body.type, text: body },
  };
  const call = useMutation({ mutationFn: () => send(request) });
  const { data: answer } = call;
  return (
    <Form
      onSubmit={() => {
        call.mutate();
      }}
      error={call.error}
    >
      <Text className="mono" fw={600}>
        {operation.method} {request.target}
      </Text>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <NativeSelect
          label={t('tryIt.as')}
          value={caller}
          data={operation.callers.map((value) => ({ value, label: t(`tryIt.callers.${value}`) }))}
          onChange={(event) => {
            setCaller(event.currentTarget.value as Caller);
          }}
        />
        {(caller === 'api_key' || caller === 'oauth_client') && (
          <PasswordInput
            label={t(`tryIt.credentials.${caller}`)}
            value={credential}
            autoComplete="off"
            onChange={(event) => {
              setCredential(event.currentTarget.value);
            }}
            visibilityToggleButtonProps={{ 'aria-label': t('secrets.show') }}
          />
        )}
      </Group>
      {operation.parameters.map(({ name, description, required }) => (
        <TextInput
          key={name}
          label={name}
          description={description}
          required={required ?? false}
          value={values[name] ?? ''}
          autoComplete="off"
          onChange={(event) => {
            const { value } = event.currentTarget;
            setValues((before) => ({ ...before, [name]: value }));
          }}
        />
      ))}
      {operation.body !== null && (
        <Textarea
          label={t('tryIt.body')}
          description={operation.body.type}
          classNames={{ input: 'mono' }}
          value={body}
          autosize
          minRows={4}
          maxRows={16}
          onChange={(event) => {
            setBody(event.currentTarget.value);
          }}
        />
      )}
      <Group>
        <Button
          type="submit"
          leftSection={<IconSend size={18} aria-hidden />}
          loading={call.isPending}
        >
          {t('tryIt.send')}
        </Button>
      </Group>
      <div role="status">
        {answer && (
          <Paper withBorder p="md">
            <Alert
              role="presentation"
              color={answer.isGood ? 'green' : 'red'}
              title={t('tryIt.answered', { status: answer.status })}
            >
              {answer.note}
            </Alert>
            <Code block mt="sm" className="answer" tabIndex={0} aria-label={t('secrets.answer')}>
              {answer.text}
            </Code>
          </Paper>
        )}
      </div>
      <TriedCode request={request} />
    </Form>
  );
}
