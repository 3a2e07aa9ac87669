import { parseJsonBody } from './json-body.js';

const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));
const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

describe('a JSON body', () => {
  it('is an empty object where it is absent', () => {
    expect(parse('')).toEqual({});
  });

  it.each(['{"a":', '{"a":1}x', "{'a':1}", '\u0000', '{"a":1,}'])(
    'S52: is refused by a fixed sentence where it is no JSON: %j',
    (text) => {
      expect(() => parse(text)).toThrow(/^the request body is not valid JSON$/);
    },
  );

  it('is refused where it is not UTF-8', () => {
    expect(() => parseJsonBody(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toThrow(
      'the request body is not valid JSON',
    );
  });

  it.each(['[]', '"a"', '1', 'null', 'true'])('is refused where it is no object: %s', (text) => {
    expect(() => parse(text)).toThrow('the request body must be a JSON object');
  });

  it('S51: may be 32 deep and no deeper', () => {
    expect(() => parse(nested(32))).not.toThrow();
    expect(() => parse(nested(33))).toThrow('the request body is nested too deeply');
    expect(() => parse(`{"a":${'['.repeat(31)}${']'.repeat(31)}}`)).not.toThrow();
    expect(() => parse(`{"a":${'['.repeat(32)}${']'.repeat(32)}}`)).toThrow('nested too deeply');
  });

  it('S51: may hold arrays of 1,000 elements and no longer ones', () => {
    const array = (length: number): string => JSON.stringify({ a: { b: Array(length).fill(0) } });
    expect(() => parse(array(1000))).not.toThrow();
    expect(() => parse(array(1001))).toThrow('an array in the request body is too long');
  });

  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'valueOf',
    'toString',
    'hasOwnProperty',
    String.raw`\u005f_proto__`,
  ])('A62: is refused where it has the key %s, however deep', (key) => {
    expect(() => parse(`{"${key}":{"admin":true}}`)).toThrow('forbidden key');
    expect(() => parse(`{"a":[{"b":{"${key}":1}}]}`)).toThrow('forbidden key');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([String.raw`\u0000`, String.raw`\ud800`])(
    'is refused where it has text that no database stores: %s',
    (escape) => {
      expect(() => parse(`{"a":["x${escape}"]}`)).toThrow('not Unicode or holds NUL');
      expect(() => parse(`{"x${escape}":1}`)).toThrow('not Unicode or holds NUL');
    },
  );
});
