import 'reflect-metadata';
import { IntrospectionBody } from './introspection.dto.js';
import { type Introspection } from './introspection.service.js';

const EXPIRY = new Date('2026-11-25T10:00:00.000Z');

const TOKEN: Introspection = {
  kind: 'access_token',
  scopes: ['read', 'write'],
  subject: 'client',
  clientId: 'client',
  audience: 'https://auth.example.com',
  issuer: 'https://auth.example.com',
  id: 'id',
  issuedAt: new Date('2026-11-25T00:00:00.000Z'),
  expiresAt: EXPIRY,
  organizationId: 'org_1',
  projectId: null,
  json: null,
};

const before = (seconds: number): Date => new Date(EXPIRY.getTime() - seconds * 1000);

it.each([3600, 3599, 5, 4, 1, 0, 3598])(
  'IN-10: tells %i s before the end how long the answer may be kept, however often it was told before',
  (seconds) => {
    // So often that it is kept.
    for (let time = 0; time < 20; time++) IntrospectionBody.json(TOKEN, before(3600));
    const { text } = IntrospectionBody.json(TOKEN, before(seconds));
    expect(text).toBe(JSON.stringify(IntrospectionBody.of(TOKEN, before(seconds))));
    expect(JSON.parse(text)).toMatchObject({ keycap_cache_seconds: Math.min(5, seconds) });
  },
);

it('says nothing of what is not good', () => {
  expect(IntrospectionBody.json(null).text).toBe('{"active":false}');
});
