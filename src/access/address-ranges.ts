import { BlockList, isIP, SocketAddress } from 'node:net';

interface Address {
  readonly family: 'ipv4' | 'ipv6';
  readonly text: string;
}

interface Range extends Address {
  /** Bits that every address of the range has in common. */
  readonly prefix: number;
}

/** A range that others are compared with, prepared for it at the first comparison. */
class OuterRange {
  readonly prefix: number;
  private readonly range: Range;
  private prepared: BlockList | undefined;

  constructor(range: Range) {
    this.range = range;
    this.prefix = range.prefix;
  }

  contains({ family, text }: Address): boolean {
    return family === this.range.family && this.list.check(text, family);
  }

  private get list(): BlockList {
    if (!this.prepared) {
      const { text, prefix, family } = this.range;
      this.prepared = new BlockList();
      this.prepared.addSubnet(text, prefix, family);
    }
    return this.prepared;
  }
}

/** The addresses that a list of CIDRs names, IPv4 and IPv6. */
export class AddressRanges {
  private readonly ranges: readonly OuterRange[];

  /** @param cidrs each one that `isAddressRange` accepts */
  constructor(cidrs: readonly string[]) {
    const ranges = cidrs.map(parseRange).filter((range) => range !== null);
    this.ranges = ranges.map((range) => new OuterRange(range));
  }

  /** Whether the address is in one of the ranges; what is no address is in none. */
  include(ip: string): boolean {
    const address = parseAddress(ip);
    return address !== null && this.ranges.some((range) => range.contains(address));
  }

  /** Whether one of the ranges holds the whole of the other one. */
  cover(cidr: string): boolean {
    const inner = parseRange(cidr);
    return (
      inner !== null &&
      this.ranges.some((outer) => outer.prefix <= inner.prefix && outer.contains(inner))
    );
  }
}

/** Whether the text is a CIDR such as `10.0.0.0/8` or `2001:db8::/32`, or an address alone. */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== null;
}

function parseRange(cidr: string): Range | null {
  const [, text = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(cidr) ?? [];
  const address = parseAddress(text);
  if (!address) return null;
  // `::ffff:10.0.0.0/104` is `10.0.0.0/8` as an IPv6 socket spells it.
  const mappedBits = address.family === 'ipv4' && isIP(text) === 6 ? 96 : 0;
  const bits = address.family === 'ipv4' ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix) - mappedBits;
  return length >= 0 && length <= bits ? { ...address, prefix: length } : null;
}

/** An IPv4-mapped IPv6 address is the IPv4 address that it carries. */
function parseAddress(ip: string): Address | null {
  const family = isIP(ip);
  if (family === 0) return null;
  if (family === 4) return { family: 'ipv4', text: ip };
  const [unzoned] = ip.split('%');
  const { address } = new SocketAddress({ address: unzoned, family: 'ipv6' });
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  return mapped === undefined
    ? { family: 'ipv6', text: address }
    : { family: 'ipv4', text: mapped };
}
