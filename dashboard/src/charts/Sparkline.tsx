const WIDTH = 90;
const HEIGHT = 18;

interface SparklineProps {
  /** What it shows, in words. */
  readonly label: string;
  /** One for each day, oldest first. */
  readonly values: readonly number[];
}

/** Bars as small as a word, in one path, since every row of a table has them. */
export function Sparkline({ label, values }: SparklineProps) {
  const highest = Math.max(1, ...values);
  const step = WIDTH / values.length;
  const bars = values.map((value, day) => {
    // What is there at all is seen.
    const height = value === 0 ? 0 : Math.max(1.5, (value / highest) * (HEIGHT - 1));
    return height === 0 ? '' : `M${day * step} ${HEIGHT - 1}v${-height}h${step - 1}v${height}z`;
  });
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
      className="sparkline"
    >
      <title>{label}</title>
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      <path className="series-0" d={bars.join('')} />
    </svg>
  );
}
