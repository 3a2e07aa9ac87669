import { Button, Group, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../words/use-format';
import { StackedBars } from './StackedBars';

/** A day with how many requests had which outcome. */
interface OutcomeDay {
  readonly date: string;
  readonly verifications: Readonly<Record<string, number>>;
}

interface OutcomeChartProps {
  readonly title: string;
  readonly days: readonly OutcomeDay[];
}

/** Requests by outcome, day by day: as a picture, or as a table. */
export function OutcomeChart({ title, days }: OutcomeChartProps) {
  const { t, i18n } = useTranslation();
  const outcomes = [...new Set(days.flatMap(({ verifications }) => Object.keys(verifications)))];
  const nameOf = (outcome: string): string =>
    i18n.t(`outcomes.${outcome}`, { defaultValue: outcome });
  // What went well is the base of every bar.
  const series = outcomes
    .toSorted((one, other) => Number(other === 'valid') - Number(one === 'valid'))
    .map((outcome) => ({
      name: nameOf(outcome),
      values: days.map(({ verifications }) => verifications[outcome] ?? 0),
    }));
  return (
    <SeriesChart
      title={title}
      dates={days.map(({ date }) => date)}
      series={series}
      nothing={t('charts.nothing')}
    />
  );
}

/** Numbers of one kind, a value for each day. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

interface SeriesChartProps {
  readonly title: string;
  /** RFC 3339 dates, oldest first. */
  readonly dates: readonly string[];
  readonly series: readonly Series[];
  readonly nothing: string;
}

export function SeriesChart({ title, dates, series, nothing }: SeriesChartProps) {
  const { t } = useTranslation();
  const [isTable, view] = useDisclosure(false);
  const Icon = isTable ? IconChartBar : IconTable;
  return (
    <figure className="chart">
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={3} size="h5" component="figcaption">
          {title}
        </Title>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Icon size={16} aria-hidden />}
          onClick={view.toggle}
        >
          {t(isTable ? 'charts.asPicture' : 'charts.asTable')}
        </Button>
      </Group>
      {series.length === 0 && (
        <Text c="dimmed" size="sm">
          {nothing}
        </Text>
      )}
      {series.length > 0 && isTable && <SeriesTable title={title} dates={dates} series={series} />}
      {series.length > 0 && !isTable && <StackedBars title={title} dates={dates} series={series} />}
    </figure>
  );
}

function SeriesTable({ title, dates, series }: Omit<SeriesChartProps, 'nothing'>) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={title}>
      <Table striped>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('charts.day')}</Table.Th>
            {series.map(({ name }) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {dates.map((date, index) => (
            <Table.Tr key={date}>
              <Table.Th scope="row">{format.date(date)}</Table.Th>
              {series.map(({ name, values }) => (
                <Table.Td key={name}>{format.number(values[index] ?? 0)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
