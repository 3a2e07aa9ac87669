import { dialectOf } from './dialect.js';

describe('the dialect of a path', () => {
  it.each([
    ['/o/token/', 'oauth'],
    ['/o', 'oauth'],
    ['/o?x=1', 'oauth'],
    ['/.well-known/oauth-authorization-server', 'oauth'],
    ['/v1/oauth/token', 'oauth'],
    ['http://keycap.example/o/token/', 'oauth'],
    ['/api/v3/public/organizations/', 'drf'],
    ['/api/v3', 'drf'],
    ['/v1/organizations', 'keycap'],
    ['/organizations', 'keycap'],
    ['/api/v30', 'keycap'],
    ['/x?next=/o/token', 'keycap'],
    ['*', 'keycap'],
  ])('of %s is %s', (path, dialect) => {
    expect(dialectOf(path)).toBe(dialect);
  });
});
