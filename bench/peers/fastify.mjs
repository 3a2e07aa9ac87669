// Fastify alone, as a ceiling: no framework on it, no database behind it. It hashes the credential
// once, looks it up in a map and answers the JSON that Keycap answers.
import Fastify from 'fastify';
import { LookUp } from './look-up.mjs';
import { serve } from './peer.mjs';

serve(async (config) => {
  const known = new LookUp(config);
  const app = Fastify();
  app.post('/v1/api-keys/verify', (request) => known.find(request.body.api_key));
  app.get('/v1/me', (request) => known.find(request.headers.authorization.slice('Bearer '.length)));
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }) };
});
