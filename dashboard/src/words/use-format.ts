import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

export interface Format {
  /** Such as `26 Nov 2026`. */
  date(iso: string): string;
  dateTime(iso: string): string;
  /** Such as `3 days ago` or `in 2 hours`. */
  relative(iso: string): string;
  number(value: number): string;
}

/** Dates and numbers as the reader's language writes them. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const { language } = i18n;
  return useMemo(() => formatOf(language), [language]);
}

function formatOf(language: string): Format {
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const number = new Intl.NumberFormat(language);
  return {
    date: (iso) => date.format(new Date(iso)),
    dateTime: (iso) => dateTime.format(new Date(iso)),
    relative: (iso) => {
      const seconds = (Date.parse(iso) - Date.now()) / 1000;
      const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
      if (!step) return relative.format(0, 'minute');
      return relative.format(Math.round(seconds / step[1]), step[0]);
    },
    number: (value) => number.format(value),
  };
}
