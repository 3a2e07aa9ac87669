import 'reflect-metadata';
import { IsArray, IsInt, IsOptional, IsString, Max, MaxLength } from 'class-validator';
import { fieldRule } from './fields.js';
import { PlainInput, PlainInputs } from './plain-input.js';
import { RequestValidation } from './validation.js';

const IsEven = fieldRule('must be even', (value) => Number(value) % 2 === 0);

@PlainInput()
class Order {
  @IsString()
  @MaxLength(5)
  name!: string;

  @IsOptional()
  @IsInt()
  @Max(10)
  @IsEven()
  count?: number | null;
}

@PlainInput()
class NotPlain {
  @IsArray()
  @IsString({ each: true })
  names!: string[];
}

class Unmarked {
  @IsString()
  name!: string;
}

const VALUES = [undefined, null, '', 'ä', 'abcde', 'abcdef', 0, 1, 4, 12, 4.5, NaN, true, [], {}];

describe('plain input', () => {
  const plain = new PlainInputs();

  it('passes nothing that the whole validation refuses, and gives what that gives', async () => {
    const whole = new RequestValidation();
    let passed = 0;
    for (const name of VALUES) {
      for (const count of VALUES) {
        for (const value of [{ name, count }, { name }, { count }, { name, count, other: 1 }]) {
          const instance = plain.pass(value, Order);
          if (!instance) continue;
          passed += 1;
          const metadata = { type: 'body', metatype: Order } as const;
          expect(await whole.whole(value, metadata)).toEqual(instance);
          expect(instance).toBeInstanceOf(Order);
        }
      }
    }
    // Three names, each with two counts and two ways of none, and each time without the field.
    expect(passed).toBe(3 * 4 + 3 * VALUES.length);
  });

  it.each([
    ['no object', ['a']],
    ['nothing', undefined],
    ['an unknown field', { name: 'a', other: 1 }],
    ['a missing field', {}],
    ['a wrong field', { name: 1 }],
  ])('does not pass %s', (_, value) => {
    expect(plain.pass(value, Order)).toBeNull();
  });

  it('passes only what is marked, and refuses marks that promise too much', () => {
    expect(plain.pass({ name: 'a' }, Unmarked)).toBeNull();
    expect(plain.pass({ name: 'a' }, undefined)).toBeNull();
    expect(() => plain.pass({ names: ['a'] }, NotPlain)).toThrow('NotPlain.names is not plain');
  });
});
