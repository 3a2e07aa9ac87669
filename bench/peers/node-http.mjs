// Node's own HTTP server doing what fastify.mjs does: what no framework can be faster than.
import { createServer } from 'node:http';
import { LookUp } from './look-up.mjs';
import { serve } from './peer.mjs';

serve(async (config) => {
  const known = new LookUp(config);
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      answer(response, known.find(request.headers.authorization.slice('Bearer '.length)));
      return;
    }
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part) => (text += part));
    request.on('end', () => answer(response, known.find(JSON.parse(text).api_key)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}` };
});

function answer(response, body) {
  const text = JSON.stringify(body);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
