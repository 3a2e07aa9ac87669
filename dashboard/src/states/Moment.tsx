import { useFormat } from '../words/use-format';

interface MomentProps {
  /** RFC 3339, or null where it never was. */
  readonly at: string | null;
  /** What is shown for null. */
  readonly never: string;
}

/** A time as people say it; the exact one is its title. */
export function Moment({ at, never }: MomentProps) {
  const format = useFormat();
  if (at === null) return <span className="dimmed">{never}</span>;
  return (
    <time dateTime={at} title={format.dateTime(at)}>
      {format.relative(at)}
    </time>
  );
}
