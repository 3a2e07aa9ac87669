import { Keycap } from '../support/keycap.mjs';
import { peerDatabase, startPeer } from '../support/peers.mjs';
import { ask, askAll, postForm, postJson } from './requests.mjs';

const PEER_CLIENT = { clientId: 'bench', clientSecret: 'a-secret-for-measuring-and-nothing-else' };

/** What the works share: the server, its peers, and credentials; each is made when first asked for. */
export class Stage {
  made = new Map();
  running = [];

  /**
   * @param options `credentials`: distinct keys and tokens, `alone`: no peers but the ceilings
   * @param variables of the server's environment
   */
  constructor(options, say, variables = {}) {
    this.options = options;
    this.say = say;
    this.variables = variables;
  }

  keycap() {
    return this.once('keycap', async () => this.end(await Keycap.start(this.variables)));
  }

  /** Keys that the server sees again and again. */
  keys() {
    return this.once('keys', async () => (await this.keycap()).keys(this.options.credentials));
  }

  /** `Authorization` of an OAuth client. */
  client() {
    return this.once('client', async () => (await this.keycap()).oauthClient());
  }

  /** Tokens of that client. */
  tokens() {
    return this.once('tokens', async () => {
      const { url } = await this.keycap();
      return this.tokensOf(url, '/o/token/', await this.client());
    });
  }

  betterAuth() {
    return this.once('better-auth', async () => {
      const databaseUrl = await peerDatabase(await this.keycap());
      return this.peer('better-auth', { databaseUrl, keys: this.options.credentials });
    });
  }

  oidcProvider() {
    return this.once('oidc-provider', async () => {
      const { clientId, clientSecret } = PEER_CLIENT;
      const credential = btoa([clientId, clientSecret].join(':'));
      const authorization = `Basic ${credential}`;
      return { ...(await this.peer('oidc-provider', PEER_CLIENT)), authorization };
    });
  }

  /** @param name `fastify` or `node-http`, which answers what Keycap has answered to these requests */
  async ceiling(name, credentials, requests) {
    const { url } = await this.keycap();
    return this.peer(name, { credentials, answers: await askAll(url, requests) });
  }

  /** As many tokens as there are to be credentials, from any token endpoint. */
  async tokensOf(url, path, authorization) {
    const request = postForm(path, authorization, { grant_type: 'client_credentials' });
    const requests = Array.from({ length: this.options.credentials }, () => request);
    return (await askAll(url, requests)).map((answer) => answer.access_token);
  }

  /** Requests that verify these keys. */
  async verifications(keys) {
    const { verifier } = await this.keycap();
    return keys.map((key) => postJson('/v1/api-keys/verify', verifier, { api_key: key }));
  }

  async peer(name, config) {
    this.say(`starting ${name}`);
    return this.end(await startPeer(name, config));
  }

  /** Stops everything, latest first. */
  async stop() {
    for (const each of this.running.toReversed()) await each.stop();
  }

  end(started) {
    this.running.push(started);
    return started;
  }

  once(name, make) {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name);
  }
}

/** Fails where a contender answers anything else than what its work is about. */
export async function check({ name, server, requests = [], isGood }) {
  const step = Math.max(1, Math.floor(requests.length / 20));
  for (let index = 0; index < requests.length; index += step) {
    await ask(server.url, requests[index], isGood).catch((error) => {
      throw new Error(`${name} does not do its work: ${error.message}`);
    });
  }
}
