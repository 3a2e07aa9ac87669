import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { UsageDay } from '../api/types';
import { SeriesChart } from '../charts/OutcomeChart';
import { useOrganization } from '../organizations/use-organization';
import { clientNames } from './overview-queries';

/** So many have a colour of their own; the others are one. */
const SHOWN = 6;

export function TokensByClient({ days }: { readonly days: readonly UsageDay[] }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const { data: names = {} } = useQuery(clientNames(orgID));
  const series = mostIssued(days).map(({ id, values }) => ({
    name: id === null ? t('overview.otherClients') : (names[id] ?? id),
    values,
  }));
  return (
    <SeriesChart
      title={t('overview.tokens')}
      dates={days.map(({ date }) => date)}
      series={series}
      nothing={t('overview.noTokens')}
    />
  );
}

interface ClientTokens {
  /** Null for all the rest together. */
  readonly id: string | null;
  readonly values: readonly number[];
}

function mostIssued(days: readonly UsageDay[]): ClientTokens[] {
  const byClient = new Map<string, number[]>();
  for (const [day, { by_client: clients }] of days.entries()) {
    for (const { client_id: id, tokens_issued: count } of clients) {
      const values = byClient.get(id) ?? days.map(() => 0);
      values[day] = count;
      byClient.set(id, values);
    }
  }
  const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);
  const all = [...byClient]
    .map(([id, values]) => ({ id, values }))
    .sort((one, other) => total(other.values) - total(one.values));
  if (all.length <= SHOWN) return all;
  const rest = all.slice(SHOWN);
  const together = days.map((_, day) => total(rest.map(({ values }) => values[day] ?? 0)));
  return [...all.slice(0, SHOWN), { id: null, values: together }];
}
