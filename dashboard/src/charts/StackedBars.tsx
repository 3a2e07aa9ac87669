import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../words/use-format';
import type { Series } from './series';

const HEIGHT = 140;
const BAR = 14;
const STEP = 20;
/** As many as style sheet has colours for. */
const COLORS = 7;

interface StackedBarsProps {
  readonly title: string;
  readonly dates: readonly string[];
  readonly series: readonly Series[];
}

/**
 * One bar for each day. Thirty rectangles need no library of charts, each of which weighs more than
 * the page around it.
 */
export function StackedBars({ title, dates, series }: StackedBarsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const totals = dates.map((_, day) => sum(series.map(({ values }) => values[day] ?? 0)));
  const highest = Math.max(1, ...totals);
  const summary = t('charts.summary', {
    title,
    total: format.number(sum(totals)),
    highest: format.number(Math.max(...totals)),
  });
  return (
    <>
      <svg
        viewBox={`0 0 ${dates.length * STEP} ${HEIGHT}`}
        role="img"
        aria-label={summary}
        className="bars"
        preserveAspectRatio="none"
      >
        <line x1={0} x2={dates.length * STEP} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
        {dates.map((date, day) => (
          <g key={date}>
            <title>{`${format.date(date)}: ${format.number(totals[day] ?? 0)}`}</title>
            {segments(series, day, highest).map(({ y, height, color }) => (
              <rect
                key={color}
                className={`series-${color}`}
                x={day * STEP + (STEP - BAR) / 2}
                width={BAR}
                y={y}
                height={height}
              />
            ))}
          </g>
        ))}
      </svg>
      <Group justify="space-between" mt={4}>
        <Text size="xs" c="dimmed">
          {format.date(dates[0] ?? '')}
        </Text>
        <Text size="xs" c="dimmed">
          {format.date(dates.at(-1) ?? '')}
        </Text>
      </Group>
      <Group gap="md" mt={4}>
        {series.map(({ name, values }, index) => (
          <Group key={name} gap={6}>
            <svg width={12} height={12} aria-hidden className="bars">
              <rect className={`series-${index % COLORS}`} width={12} height={12} rx={3} />
            </svg>
            <Text size="sm">
              {name}: {format.number(sum(values))}
            </Text>
          </Group>
        ))}
      </Group>
    </>
  );
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** The parts of a day's bar, from the ground up. */
function segments(series: readonly Series[], day: number, highest: number) {
  let y = HEIGHT;
  return series.flatMap(({ values }, index) => {
    const height = ((values[day] ?? 0) / highest) * (HEIGHT - 4);
    y -= height;
    return height === 0 ? [] : [{ y, height, color: index % COLORS }];
  });
}
