/** Whether an IPv4 range lies in one of the others; whole networks, without host bits. */
export function isWithin(range: string, others: readonly string[]): boolean {
  return others.some((other) => contains(other, range));
}

function contains(outer: string, inner: string): boolean {
  if (outer.includes(':') || inner.includes(':')) return false;
  const [network, length] = parsed(outer);
  const [innerNetwork, innerLength] = parsed(inner);
  const size = 2 ** (32 - length);
  return innerLength >= length && Math.floor(innerNetwork / size) === Math.floor(network / size);
}

function parsed(range: string): [network: number, length: number] {
  const [address = '', length = ''] = range.split('/');
  const network = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [network, Number(length)];
}
