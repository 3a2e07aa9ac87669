/** How well a media type suits, by the range of `Accept` that names it most exactly. */
interface Suitability {
  readonly quality: number;
  readonly exactness: number;
}

/**
 * Which of these media types the client likes best (RFC 9110 §12.5.1): of equals the one that it
 * named most exactly, then the first one. The first one as well where it takes none of them.
 */
export function acceptedType<T extends string>(
  accept: string | undefined,
  offered: readonly [T, ...T[]],
): T {
  const ranges = rangesOf(accept ?? '*/*');
  const [best] = offered
    .map((type) => ({ type, ...suitabilityOf(type, ranges) }))
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality || other.exactness - one.exactness);
  return best?.type ?? offered[0];
}

function suitabilityOf(
  type: string,
  ranges: readonly { range: string; quality: number }[],
): Suitability {
  const wider = ['*/*', `${type.slice(0, type.indexOf('/'))}/*`, type];
  const [suitability] = ranges
    .map(({ range, quality }) => ({ quality, exactness: wider.indexOf(range) }))
    .filter(({ exactness }) => exactness >= 0)
    .sort((one, other) => other.exactness - one.exactness);
  return suitability ?? { quality: 0, exactness: -1 };
}

function rangesOf(accept: string): { range: string; quality: number }[] {
  return accept.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    const weight = parameters.find((each) => each.startsWith('q='));
    const quality = Number(weight?.slice(2) ?? '1');
    return { range, quality: Number.isNaN(quality) ? 0 : quality };
  });
}
