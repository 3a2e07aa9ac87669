import { Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Logo } from '../look/Logo';
import { LanguageChoice } from '../words/LanguageChoice';

interface EntranceProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly children: ReactNode;
}

/** The one card of the pages before the dashboard. */
export function Entrance({ title, about, children }: EntranceProps) {
  useEffect(() => {
    document.title = `${title} · Keycap`;
  }, [title]);
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={420} gap="md">
        <Group justify="center">
          <Logo />
        </Group>
        <Paper withBorder shadow="sm" p="lg">
          <Title order={1} size="h3" mb={about ? 4 : 'md'}>
            {title}
          </Title>
          {about && (
            <Text component="div" c="dimmed" size="sm" mb="md">
              {about}
            </Text>
          )}
          {children}
        </Paper>
        <Group justify="center">
          <LanguageChoice />
        </Group>
      </Stack>
    </Center>
  );
}
