import { postJson } from './requests.mjs';

const isValid = ({ valid }) => valid === true;

/** V: live keys are verified for a resource server. */
export const verification = {
  id: 'V',
  title: 'POST /v1/api-keys/verify of live keys',
  ratios: [
    { of: 'keycap', to: 'better-auth', goal: 25 },
    { of: 'keycap', to: 'fastify', goal: 0.5, aim: 0.8 },
    { of: 'keycap', to: 'node-http' },
  ],
  async contenders(stage) {
    const server = await stage.keycap();
    const keys = await stage.keys();
    const requests = await stage.verifications(keys);
    const ceilings = ['fastify', 'node-http'].map(async (name) => ({
      name,
      server: await stage.ceiling(name, keys, requests),
      requests,
      isGood: isValid,
    }));
    return [
      { name: 'keycap', server, requests, isGood: isValid },
      ...(await Promise.all(ceilings)),
      ...(stage.options.alone ? [] : [await betterAuth(stage)]),
    ];
  },
};

async function betterAuth(stage) {
  const server = await stage.betterAuth();
  const requests = server.keys.map((key) => postJson('/verify', 'none', { key }));
  return { name: 'better-auth', server, requests, isGood: isValid };
}

/** G: what has a wrong checksum, beside what is good. */
export const garbage = {
  id: 'G',
  title: 'the same with wrong checksums',
  ratios: [{ of: 'garbage', to: 'good keys', goal: 1 }],
  async contenders(stage) {
    const server = await stage.keycap();
    const keys = await stage.keys();
    const broken = keys.map((key) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0'));
    return [
      {
        name: 'garbage',
        server,
        requests: await stage.verifications(broken),
        isGood: ({ valid }) => valid === false,
      },
      {
        name: 'good keys',
        server,
        requests: await stage.verifications(keys),
        isGood: isValid,
      },
    ];
  },
};

/** C: keys that the server has never seen, each once, beside those that it sees all the time. */
export const coldCache = {
  id: 'C',
  title: 'the same with keys that nothing has asked for before',
  ratios: [{ of: 'cold', to: 'warm', goal: 0.4 }],
  async contenders(stage) {
    const server = await stage.keycap();
    const requests = await stage.verifications(await stage.keys());
    const { credentials } = stage.options;
    const requestsOf = async () => stage.verifications(await server.keys(credentials));
    return [
      { name: 'cold', server, requestsOf, once: true },
      { name: 'warm', server, requests, isGood: isValid },
    ];
  },
};
