import { isIPv6 } from 'node:net';

/**
 * The key under which an address is counted: IPv4 as it is, IPv6 by its /64, since whoever holds
 * one address of a /64 holds them all. Every spelling of an address gives the same key.
 */
export function addressKey(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const spelled = new URL(`http://[${ip.split('%', 1).join()}]`).hostname.slice(1, -1);
  const [head = '', tail] = spelled.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') {
    const [high, low] = [groups[6], groups[7]].map((group) => parseInt(group ?? '0', 16));
    return [high, low].flatMap((pair = 0) => [pair >> 8, pair & 255]).join('.');
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
