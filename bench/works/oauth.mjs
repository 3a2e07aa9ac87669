import { askAll, postForm } from './requests.mjs';

/** Seen on one machine in one run: tokens a second, with secrets that are no slow hash. */
const RECORDED = { djangoOAuthToolkit: 522, oidcProvider: 5527 };

/** I: an OAuth client introspects tokens of its own. */
export const introspection = {
  id: 'I',
  title: 'POST /o/introspect/ of live tokens',
  ratios: [{ of: 'keycap', to: 'oidc-provider', goal: 2.5 }],
  async contenders(stage) {
    const isGood = ({ active }) => active === true;
    const introspections = (path, authorization, tokens) =>
      tokens.map((token) => postForm(path, authorization, { token }));
    const server = await stage.keycap();
    const own = introspections('/o/introspect/', await stage.client(), await stage.tokens());
    const contenders = [{ name: 'keycap', server, requests: own, isGood }];
    // What is asked for the first time is measured by C.
    await askAll(server.url, own, isGood);
    if (stage.options.alone) return contenders;
    const peer = await stage.oidcProvider();
    const tokens = await stage.tokensOf(peer.url, '/token', peer.authorization);
    const requests = introspections('/token/introspection', peer.authorization, tokens);
    return [...contenders, { name: 'oidc-provider', server: peer, requests, isGood }];
  },
};

/** T: tokens are issued; Keycap's are committed before they are answered. */
export const issuing = {
  id: 'T',
  title: 'POST /o/token/, durable',
  ratios: [
    { of: 'keycap', to: 'oidc-provider', goal: 1.5, aim: 2 },
    {
      of: 'keycap',
      to: 'oidc-provider',
      goal: 15,
      times: RECORDED.oidcProvider / RECORDED.djangoOAuthToolkit,
      title: 'T / Django OAuth Toolkit (by its recorded figure)',
    },
  ],
  async contenders(stage) {
    const isGood = (answer) => typeof answer.access_token === 'string';
    const request = (path, authorization) => [
      postForm(path, authorization, { grant_type: 'client_credentials' }),
    ];
    const server = await stage.keycap();
    const own = request('/o/token/', await stage.client());
    const contenders = [{ name: 'keycap', server, requests: own, isGood }];
    if (stage.options.alone) return contenders;
    const peer = await stage.oidcProvider();
    const requests = request('/token', peer.authorization);
    return [...contenders, { name: 'oidc-provider', server: peer, requests, isGood }];
  },
};
