import { csvLine } from './csv.js';

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', "=cmd|' /C calc'!A0"])(
  'makes text of the formula %j',
  (formula) => {
    expect(csvLine([formula]).replace(/^"/, '').startsWith(`'${formula}`)).toBe(true);
  },
);

it('quotes what RFC 4180 wants quoted, and leaves the rest as it is', () => {
  expect(csvLine(['plain', null, '', 'a,b', 'say "x"', 'two\nlines', 'ends =1'])).toBe(
    'plain,,,"a,b","say ""x""","two\nlines",ends =1\r\n',
  );
});

it('quotes a formula with a quotation mark as well', () => {
  expect(csvLine(['=HYPERLINK("x")'])).toBe(`"'=HYPERLINK(""x"")"\r\n`);
});
