import { Anchor, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface RowNameProps {
  readonly name: string;
  /** What programs call it. */
  readonly detail: string;
  /** Behind the name. */
  readonly badge?: ReactNode;
  readonly onOpen: () => void;
}

/** What a row is about; opened, all about it. */
export function RowName({ name, detail, badge, onOpen }: RowNameProps) {
  return (
    <Stack gap={2}>
      <Group gap={6}>
        <Anchor component="button" type="button" className="row-name" onClick={onOpen}>
          {name}
        </Anchor>
        {badge}
      </Group>
      <Text size="xs" c="dimmed" className="mono">
        {detail}
      </Text>
    </Stack>
  );
}
