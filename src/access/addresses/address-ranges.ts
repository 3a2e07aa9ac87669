import { BlockList, isIP, SocketAddress } from 'node:net';
import { LRUCache } from 'lru-cache';

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
  private prepared: BlockList | undefined;

  constructor(readonly range: Range) {}

  contains({ family, text }: Address): boolean {
    this.prepared ??= blockListOf([this.range]);
    return family === this.range.family && this.prepared.check(text, family);
  }
}

/** Of how many ranges what was prepared is kept: some 400 bytes each. */
const MOST_KEPT = 20_000;
/** By the list itself, which stays in memory with what it belongs to. */
const KEPT = new LRUCache<readonly string[], AddressRanges>({
  maxSize: MOST_KEPT,
  sizeCalculation: (_, cidrs) => cidrs.length + 1,
});

/** The addresses that a list of CIDRs names, IPv4 and IPv6. */
export class AddressRanges {
  private readonly ranges: readonly OuterRange[];
  /** All ranges of a family in one: in a common list `::/0` would have every IPv4 address. */
  private readonly lists = new Map<Address['family'], BlockList>();

  /** @param cidrs each one that `isAddressRange` accepts */
  constructor(cidrs: readonly string[]) {
    const ranges = cidrs.map(parseRange).filter((range) => range !== null);
    this.ranges = ranges.map((range) => new OuterRange(range));
  }

  /**
   * The same for a list that is asked about again and again: what was prepared of it is kept.
   *
   * @param cidrs nobody may change them
   */
  static of(cidrs: readonly string[]): AddressRanges {
    let ranges = KEPT.get(cidrs);
    if (!ranges) {
      ranges = new AddressRanges(cidrs);
      KEPT.set(cidrs, ranges);
    }
    return ranges;
  }

  /** Whether the address is in one of the ranges; what is no address is in none. */
  include(ip: string): boolean {
    const address = parseAddress(ip);
    return address !== null && this.listOf(address.family).check(address.text, address.family);
  }

  /** Whether one of the ranges holds the whole of the other one. */
  cover(cidr: string): boolean {
    const inner = parseRange(cidr);
    return (
      inner !== null &&
      this.ranges.some((outer) => outer.range.prefix <= inner.prefix && outer.contains(inner))
    );
  }

  private listOf(family: Address['family']): BlockList {
    let list = this.lists.get(family);
    if (!list) {
      const ranges = this.ranges.map(({ range }) => range);
      list = blockListOf(ranges.filter((range) => range.family === family));
      this.lists.set(family, list);
    }
    return list;
  }
}

/** Whether the text is a CIDR such as `10.0.0.0/8` or `2001:db8::/32`, or an address alone. */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== null;
}

function blockListOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const { text, prefix, family } of ranges) list.addSubnet(text, prefix, family);
  return list;
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
