import { isLoopbackAddress, isPublicAddress } from './public-address.js';

/** By kind, the first and last address of each range where both say something. */
const NOT_PUBLIC = {
  'this network': ['0.0.0.0', '0.255.255.255'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.1'],
  'carrier-grade NAT': ['100.64.0.0', '100.127.255.255'],
  loopback: ['127.0.0.1', '127.255.255.255', '::1'],
  'link-local': ['169.254.0.1', '169.254.255.255', 'fe80::1', 'febf:ffff::1'],
  'metadata of clouds': [
    '169.254.169.254',
    '169.254.170.2',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd20:ce::254',
  ],
  'protocol assignments': ['192.0.0.1', '192.0.0.255', '192.52.193.1'],
  AS112: ['192.31.196.1', '192.175.48.1', '2620:4f:8000::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff:fff::1'],
  benchmarks: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  reserved: ['240.0.0.1', '255.255.255.254', '100::1', '4000::1', '5f00::1', '3ffe::1'],
  broadcast: ['255.255.255.255'],
  unspecified: ['::', '0:0:0:0:0:0:0:0'],
  'unique local': ['fc00::1', 'fdff:ffff::1'],
  'site-local': ['fec0::1', 'feff::1'],
  'IPv4-mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:8.8.8.8', '0:0:0:0:0:ffff:a00:1'],
  'IPv4-translated': ['::ffff:0:127.0.0.1', '::ffff:0:808:808'],
  'IPv4-compatible': ['::127.0.0.1', '::8.8.8.8'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::808:808', '64:ff9b:1::1', '64:ff9b:1:ffff::1'],
  '6to4': ['2002:7f00:1::1', '2002:808:808::1', '192.88.99.1'],
  'Teredo and its neighbours': ['2001::1', '2001:0:7f00:1::', '2001:10::1', '2001:1ff::1'],
  'no address': ['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433', '8.8.8.8 ', '08.8.8.8'],
  'with a zone': ['fe80::1%eth0', '2606:4700::1111%lo', '::1%lo'],
};

describe('S61, A34: which addresses are public', () => {
  it.each(Object.entries(NOT_PUBLIC).flatMap(([kind, all]) => all.map((each) => [kind, each])))(
    '%s: %j is none',
    (_kind, address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );

  it.each([
    '1.0.0.0',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '168.63.129.15',
    '168.63.129.17',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.0.3.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2001:200::1',
    '2001:db9::1',
    '2003::1',
    '2606:4700:4700::1111',
    '2A00:1450:4001:82F::200E',
    '3fff:1000::1',
  ])('%s is one', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('S61: which addresses are this machine', () => {
  it.each(['127.0.0.1', '127.0.0.0', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1'])(
    '%s is',
    (address) => {
      expect(isLoopbackAddress(address)).toBe(true);
    },
  );

  it.each(['126.255.255.255', '128.0.0.0', '0.0.0.0', '10.0.0.1', '::', '::2', '::1%lo', ''])(
    '%j is not',
    (address) => {
      expect(isLoopbackAddress(address)).toBe(false);
    },
  );

  it.each(['::ffff:127.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', 'localhost', '127.1'])(
    '%s is not, for it says so in disguise',
    (address) => {
      expect(isLoopbackAddress(address)).toBe(false);
    },
  );
});
