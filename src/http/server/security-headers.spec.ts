import { securityHeaders } from './security-headers.js';

it('S22: has browsers come by https for a year where the deployment is reached by it', () => {
  const name = 'strict-transport-security';
  expect(securityHeaders('https://keycap.example.com')[name]).toBe(
    'max-age=31536000; includeSubDomains',
  );
  expect(securityHeaders('http://127.0.0.1:3000')).not.toHaveProperty(name);
});
