import { BlockList, isIP } from 'node:net';

/**
 * IPv4 that is no server on the Internet: what IANA lists as special, and the one address outside of
 * it at which a cloud answers its own machines.
 */
const SPECIAL_IPV4 = ranges(
  'ipv4',
  `0.0.0.0/8         "this network"; 0.0.0.0 connects to the machine itself
   10.0.0.0/8        private
   100.64.0.0/10     carrier-grade NAT, and Alibaba's metadata
   127.0.0.0/8       loopback
   168.63.129.16/32  Azure's metadata
   169.254.0.0/16    link-local, and the metadata of most clouds
   172.16.0.0/12     private
   192.0.0.0/24      protocol assignments, and Oracle's metadata
   192.0.2.0/24      documentation
   192.31.196.0/24   AS112
   192.52.193.0/24   AMT
   192.88.99.0/24    6to4 relays
   192.168.0.0/16    private
   192.175.48.0/24   AS112
   198.18.0.0/15     benchmarks
   198.51.100.0/24   documentation
   203.0.113.0/24    documentation
   224.0.0.0/4       multicast
   240.0.0.0/4       reserved, and broadcast`,
);

/**
 * All that IANA gives out as global unicast. Outside of it are loopback, link-local, site-local,
 * unique local, multicast, and the forms that carry an IPv4 address: mapped, compatible, NAT64.
 */
const GLOBAL_IPV6 = ranges('ipv6', '2000::/3 global unicast');

const SPECIAL_IPV6 = ranges(
  'ipv6',
  `2001::/23           protocol assignments: Teredo, benchmarks, ORCHID, AMT
   2001:db8::/32       documentation
   2002::/16           6to4
   2620:4f:8000::/48   AS112
   3ffe::/16           6bone, given back
   3fff::/20           documentation`,
);

const LOOPBACK_IPV4 = ranges('ipv4', '127.0.0.0/8 loopback');
const LOOPBACK_IPV6 = ranges('ipv6', '::1/128 loopback');

/**
 * Whether the address can be a server on the Internet. What is no address is none, and neither is
 * one with a zone, which means something on one machine alone.
 */
export function isPublicAddress(address: string): boolean {
  switch (familyOf(address)) {
    case 4:
      return !SPECIAL_IPV4.check(address, 'ipv4');
    case 6:
      return GLOBAL_IPV6.check(address, 'ipv6') && !SPECIAL_IPV6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Whether the address is this machine: `127.0.0.0/8` or `::1`, in no disguise. */
export function isLoopbackAddress(address: string): boolean {
  switch (familyOf(address)) {
    case 4:
      return LOOPBACK_IPV4.check(address, 'ipv4');
    case 6:
      return LOOPBACK_IPV6.check(address, 'ipv6');
    default:
      return false;
  }
}

function familyOf(address: string): number {
  return address.includes('%') ? 0 : isIP(address);
}

/** @param table each line a CIDR and what it is */
function ranges(family: 'ipv4' | 'ipv6', table: string): BlockList {
  const list = new BlockList();
  for (const line of table.split('\n')) {
    const [address = '', prefix] = line.trim().split(/[/ ]/);
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
