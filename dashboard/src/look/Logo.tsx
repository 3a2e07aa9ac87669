import { Group, Text } from '@mantine/core';
import picture from './keycap.svg';

export function Logo() {
  return (
    <Group gap={8} wrap="nowrap">
      <img src={picture} alt="" width={26} height={26} />
      <Text fw={700} span>
        Keycap
      </Text>
    </Group>
  );
}
