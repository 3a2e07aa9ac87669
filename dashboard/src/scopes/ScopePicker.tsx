import { Checkbox, Fieldset, Group, Input, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { scopeGroups } from './scope-groups';

interface ScopePickerProps {
  readonly held: readonly string[];
  readonly isForProject?: boolean;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly error: string | undefined;
}

/** Scopes as checkboxes by their own names, in groups, with what each is good for in plain words. */
export function ScopePicker(props: ScopePickerProps) {
  const { held, isForProject = false, chosen, onChange, error } = props;
  const { t, i18n } = useTranslation();
  const toggle = (scope: string, isOn: boolean): void => {
    onChange(isOn ? [...chosen, scope] : chosen.filter((one) => one !== scope));
  };
  const meaning = (scope: string): string | undefined => {
    const key = `scopes.meanings.${scope.replace(':', '_').replace('*', 'all')}`;
    return i18n.exists(key) ? i18n.t(key, { defaultValue: scope }) : undefined;
  };
  return (
    <Stack gap="sm">
      {scopeGroups(held, isForProject).map(({ name, scopes }) => (
        <Fieldset key={name} legend={t(`scopes.groups.${name}`)} p="sm">
          <Group gap="sm" align="flex-start" className="scope-grid">
            {scopes.map((scope) => (
              <Checkbox
                key={scope}
                name="scope"
                value={scope}
                label={scope}
                description={meaning(scope)}
                checked={chosen.includes(scope)}
                onChange={(event) => {
                  toggle(scope, event.currentTarget.checked);
                }}
              />
            ))}
          </Group>
        </Fieldset>
      ))}
      {error !== undefined && <Input.Error role="alert">{error}</Input.Error>}
    </Stack>
  );
}
