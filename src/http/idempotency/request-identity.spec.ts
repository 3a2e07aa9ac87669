import { identityOf } from './request-identity.js';

const request = {
  method: 'POST',
  route: '/v1/organizations/:orgID/api-keys',
  params: { orgID: 'org_1' },
  query: {},
  body: { name: 'a', scopes: ['x', 'y'] } as unknown,
};
const principal = { kind: 'user', id: '1', scopes: null };
const original = identityOf(request, principal, 'key');

describe('the identity of a request', () => {
  it('does not depend on the order of the members', () => {
    const body = { scopes: ['x', 'y'], name: 'a' };
    expect(identityOf({ ...request, body }, principal, 'key')).toEqual(original);
  });

  it.each([
    { name: 'b', scopes: ['x', 'y'] },
    { name: 'a', scopes: ['y', 'x'] },
    { name: 'a' },
    { name: 'a', scopes: ['x', 'y'], project_id: null },
  ])('is another one with the body %j', (body) => {
    const other = identityOf({ ...request, body }, principal, 'key');
    expect(other.recordId).toEqual(original.recordId);
    expect(other.requestDigest).not.toEqual(original.requestDigest);
  });

  it('has a record for each principal, method, path and key', () => {
    const others = [
      identityOf(request, { ...principal, id: '2' }, 'key'),
      identityOf(request, { ...principal, kind: 'api_key' }, 'key'),
      identityOf(request, { ...principal, scopes: ['read'] }, 'key'),
      identityOf(request, { ...principal, scopes: ['write'] }, 'key'),
      identityOf({ ...request, method: 'PUT' }, principal, 'key'),
      identityOf({ ...request, params: { orgID: 'org_2' } }, principal, 'key'),
      identityOf({ ...request, route: '/v1/projects' }, principal, 'key'),
      identityOf(request, principal, 'key2'),
    ];
    const ids = [original, ...others].map(({ recordId }) => recordId.toString('hex'));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
