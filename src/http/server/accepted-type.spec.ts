import { acceptedType } from './accepted-type.js';

const OFFERED = ['application/json', 'text/csv', 'application/x-ndjson'] as const;

it.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['text/csv', 'text/csv'],
  ['TEXT/CSV; charset=utf-8', 'text/csv'],
  ['application/x-ndjson', 'application/x-ndjson'],
  ['application/*', 'application/json'],
  ['text/*', 'text/csv'],
  ['text/csv, */*', 'text/csv'],
  ['text/csv;q=0.5, application/x-ndjson;q=0.8', 'application/x-ndjson'],
  ['text/csv;q=0.5, */*;q=0.8', 'application/json'],
  ['application/json;q=0, */*', 'text/csv'],
  ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
  ['image/png', 'application/json'],
  ['text/csv;q=x', 'application/json'],
])('of Accept: %s takes %s', (accept, type) => {
  expect(acceptedType(accept, [...OFFERED])).toBe(type);
});
