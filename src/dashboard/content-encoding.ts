/** How a file is stored; `identity` is the file itself. */
export type ContentEncoding = 'br' | 'gzip' | 'identity';

/**
 * The smallest of them that a client takes (RFC 9110 §12.5.3).
 *
 * @param accepted its `Accept-Encoding`
 */
export function encodingFor(accepted: string | undefined): ContentEncoding {
  const weights = new Map((accepted ?? '').split(',').map(weightOf));
  const takes = (encoding: string): boolean => (weights.get(encoding) ?? weights.get('*') ?? 0) > 0;
  if (takes('br')) return 'br';
  return takes('gzip') ? 'gzip' : 'identity';
}

function weightOf(part: string): [string, number] {
  const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [name, weight === undefined ? 1 : Number(weight.slice('q='.length))];
}
