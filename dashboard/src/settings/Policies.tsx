import {
  Button,
  Fieldset,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { organizations } from '../api/queries';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { Complaint } from '../states/Complaint';
import type { Mode, Policy, PolicyName } from './policy-rules';
import { MODES, POLICIES, policyOf, shown } from './policy-rules';

const NAMES = Object.keys(POLICIES) as PolicyName[];

/** What holds for every key; "report only" writes to the record what would have been refused. */
export function Policies() {
  const { t } = useTranslation();
  const { policy } = useOrganization();
  const set = policy as Partial<Record<PolicyName, Policy>>;
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} size="h4" mb={4}>
        {t('settings.policies')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('settings.policiesAbout')}
      </Text>
      <Stack gap="md">
        {NAMES.map((name) => (
          <PolicyRow key={name} name={name} policy={set[name]} />
        ))}
      </Stack>
    </Paper>
  );
}

interface PolicyRowProps {
  readonly name: PolicyName;
  readonly policy: Policy | undefined;
}

function PolicyRow({ name, policy }: PolicyRowProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const queries = useQueryClient();
  const router = useRouter();
  const announce = useAnnounce();
  const [mode, setMode] = useState<Mode>(policy?.mode ?? 'off');
  const [text, setText] = useState(shown(policy?.value));
  const isChanged = mode !== (policy?.mode ?? 'off') || text !== shown(policy?.value);
  const title = t(`settings.policy.${name}.title`);
  const save = useMutation({
    mutationFn: () =>
      answerOf(
        api.PATCH('/v1/organizations/{orgID}', {
          params: { path: { orgID } },
          body: { policy: { [name]: policyOf(name, mode, text) } },
        }),
      ),
    onSuccess: async () => {
      announce(t('settings.policySaved', { name: title }));
      await queries.invalidateQueries({ queryKey: organizations.queryKey });
      await router.invalidate();
    },
  });
  return (
    <Fieldset legend={title}>
      <Text size="sm" c="dimmed" mb="xs">
        {t(`settings.policy.${name}.about`)}
      </Text>
      <Group align="flex-end" gap="sm">
        <NativeSelect
          label={t('settings.mode')}
          value={mode}
          data={MODES.map((value) => ({ value, label: t(`settings.modes.${value}`) }))}
          onChange={(event) => {
            setMode(event.currentTarget.value as Mode);
          }}
        />
        {mode !== 'off' && <PolicyValue name={name} text={text} onChange={setText} />}
        <Button
          variant="light"
          disabled={!isChanged}
          loading={save.isPending}
          onClick={() => {
            save.mutate();
          }}
        >
          {t('actions.save')}
        </Button>
      </Group>
      {save.error && <Complaint error={save.error} />}
    </Fieldset>
  );
}

interface PolicyValueProps {
  readonly name: PolicyName;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function PolicyValue({ name, text, onChange }: PolicyValueProps) {
  const { t } = useTranslation();
  const kind = POLICIES[name];
  if (kind === 'none') return null;
  const label = t('settings.value');
  if (typeof kind === 'object') {
    return (
      <NativeSelect
        label={label}
        value={text}
        data={[
          { value: '', label: '–' },
          ...kind.oneOf.map((value) => ({ value, label: t(`settings.values.${value}`) })),
        ]}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
    );
  }
  return (
    <TextInput
      className="grow"
      type={kind === 'number' ? 'number' : 'text'}
      min={kind === 'number' ? 1 : undefined}
      label={label}
      value={text}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}
