import { isNode } from './json-values.js';

/** What JavaScript writes with an exponent; PostgreSQL's jsonb writes all the digits instead. */
const HUGE = 1e21;
const TINY = 1e-7;

/** Whether no number in JSON, wherever it stands, takes many times as much room in a `jsonb`. */
export function hasShortNumbers(json: object): boolean {
  return numbersIn(json).every(isShort);
}

function isShort(number: number): boolean {
  const size = Math.abs(number);
  return size === 0 || (size >= TINY && size < HUGE);
}

/** No body is nested deeper than the parser allows. */
function numbersIn(node: object): number[] {
  return Object.values(node).flatMap((value: unknown) => {
    if (typeof value === 'number') return [value];
    return isNode(value) ? numbersIn(value) : [];
  });
}
