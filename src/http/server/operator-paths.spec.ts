import { decoded } from './admin-listener.js';
import { isAdministration, isForOperators, isMetrics } from './operator-paths.js';

it.each([
  '/v1/admin',
  '/v1/admin/',
  '/v1/admin?limit=1',
  '/v1/admin/?',
  '/v1/admin/users',
  '/v1/admin/users/:userId',
  '/v1/admin//users',
  '/v1/admin/../me',
])('%s is administration', (path) => {
  expect([isAdministration(path), isMetrics(path), isForOperators(path)]).toEqual([
    true,
    false,
    true,
  ]);
});

it.each(['/metrics', '/metrics/', '/metrics?name=x', '/metrics/x'])('%s is metrics', (path) => {
  expect([isAdministration(path), isMetrics(path), isForOperators(path)]).toEqual([
    false,
    true,
    true,
  ]);
});

it.each([
  '',
  '/',
  '*',
  '/v1',
  '/v1/adminx',
  '/v1/admin-users',
  '/v1/admin.json',
  '/v1/administration',
  '/v1/ADMIN',
  '/V1/admin',
  '//v1/admin',
  '/x/v1/admin',
  'v1/admin',
  '/v1?/v1/admin',
  '/v1/me?next=/v1/admin/',
  '/metricsx',
  '/v1/metrics',
  '/me?/metrics',
  // The router takes an encoded slash for a letter.
  decoded('/v1%2Fadmin'),
  decoded('/v1/admin%3Flimit'),
  decoded('/v1/%2561dmin'),
])('%s is none of them', (path) => {
  expect([isAdministration(path), isMetrics(path), isForOperators(path)]).toEqual([
    false,
    false,
    false,
  ]);
});

it.each([
  '/v1/%61dmin',
  '/%76%31/admin/users',
  '/v1/admin?x=%zz',
  // The router decodes the path alone.
  '/v1/%61dmin/users?x=%zz',
  'http://keycap.test/v1/admin',
  'HTTPS://keycap.test:1/%6detrics',
])('%s is for operators, as the router reads it', (target) => {
  expect(isForOperators(decoded(target))).toBe(true);
});
