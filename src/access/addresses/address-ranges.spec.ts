import { BlockList } from 'node:net';
import { AddressRanges, isAddressRange } from './address-ranges.js';

/** Counts the calls of a method of a class until it is restored. */
function countCalls(prototype: object, method: string): { restore: () => number } {
  const original = Object.getOwnPropertyDescriptor(prototype, method) ?? {};
  let calls = 0;
  Object.defineProperty(prototype, method, {
    ...original,
    value(this: unknown, ...parameters: unknown[]): unknown {
      calls += 1;
      return Reflect.apply(original.value as () => unknown, this, parameters);
    },
  });
  return {
    restore: () => {
      Object.defineProperty(prototype, method, original);
      return calls;
    },
  };
}

describe('address ranges', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::FFFF:0a01:0203', true],
    ['10.0.0.0/8', '::10.1.2.3', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.9', false],
    ['2001:db8::/32', '2001:0DB8:0000::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1', true],
    ['10.0.0.0/8', 'not an address', false],
    ['10.0.0.0/8', '', false],
  ])('%s includes %s: %s', (range, ip, expected) => {
    expect(new AddressRanges([range]).include(ip)).toBe(expected);
  });

  it('takes an address of any of its ranges', () => {
    const ranges = new AddressRanges(['10.0.0.0/8', '2001:db8::/32']);
    expect(['10.9.9.9', '2001:db8::9', '192.0.2.1'].map((ip) => ranges.include(ip))).toEqual([
      true,
      true,
      false,
    ]);
    expect(new AddressRanges(['::/0', '10.0.0.0/8']).include('203.0.113.9')).toBe(false);
    expect(new AddressRanges(['0.0.0.0/0', '2001:db8::/32']).include('2001:db9::1')).toBe(false);
  });

  it.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/7', false],
    ['10.0.0.0/8', '0.0.0.0/0', false],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.0.0/112', true],
    ['10.0.0.0/8', '::ffff:10.0.0.0/100', false],
    ['10.0.0.0/8', '::/0', false],
    ['2001:db8::/32', '2001:db8:1::/48', true],
    ['2001:db8::/32', '2001:db8::/31', false],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(new AddressRanges([outer]).cover(inner)).toBe(expected);
  });

  it('prepares each range once, however many are compared with it', () => {
    const prepared = countCalls(BlockList.prototype, 'addSubnet');
    const hundred = Array.from({ length: 100 }, (_, index) => `10.${String(index)}.0.0/16`);
    const outer = new AddressRanges(hundred);
    for (const cidr of hundred) expect(outer.cover(cidr)).toBe(true);
    expect(outer.cover('11.0.0.0/16')).toBe(false);
    expect(prepared.restore()).toBe(hundred.length);
  });

  it('prepares what is asked about again and again once', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => `2001:db8:${String(index)}::/48`);
    const lists = [hundred, [...hundred, '10.0.0.0/8']];
    const prepared = countCalls(BlockList.prototype, 'addSubnet');
    for (let time = 0; time < 100; time++) {
      const [first, second] = lists.map((list) => AddressRanges.of(list).include('10.1.2.3'));
      expect([first, second]).toEqual([false, true]);
      expect(AddressRanges.of(hundred).include('2001:db8:99::1')).toBe(true);
    }
    expect(prepared.restore()).toBe(hundred.length + 1);
    expect(AddressRanges.of(hundred)).toBe(AddressRanges.of(hundred));
  });

  it('keeps no more of it than so many ranges', () => {
    const [list, ...others] = Array.from({ length: 500 }, () =>
      Array.from({ length: 100 }, (_, index) => `10.${String(index)}.0.0/16`),
    ) as [string[], ...string[][]];
    const kept = AddressRanges.of(list);
    for (const other of others) AddressRanges.of(other);
    expect(AddressRanges.of(list)).not.toBe(kept);
  });

  it.each(['10.0.0.0/8', '10.1.2.3', '2001:db8::/32', '::1', '::/0', '::ffff:10.0.0.0/104'])(
    'reads %s',
    (text) => {
      expect(isAddressRange(text)).toBe(true);
    },
  );

  it.each([
    '',
    '/',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '10.0.0.0/8 ',
    '010.0.0.1',
    '::/129',
    '::ffff:10.0.0.0/95',
    'fe80::1%eth0/64',
    'example.com',
  ])('does not read %j', (text) => {
    expect(isAddressRange(text)).toBe(false);
  });
});
