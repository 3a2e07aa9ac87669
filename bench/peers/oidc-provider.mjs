// oidc-provider issuing and introspecting opaque tokens of the client credentials grant. It keeps them
// in memory alone: nothing that it answers outlives it.
import { Provider } from 'oidc-provider';
import { serve } from './peer.mjs';

/** Its own adapter for memory keeps the last 1,000; the work introspects 10,000. */
const MOST_KEPT = 50_000;

serve(async ({ clientId, clientSecret }) => {
  const provider = new Provider('http://127.0.0.1', {
    adapter: RecentEntries,
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        scope: 'read write',
      },
    ],
    scopes: ['read', 'write'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true },
    },
    ttl: { ClientCredentials: 36_000 },
  });
  const server = await new Promise((resolve) => {
    const listening = provider.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return { url: `http://127.0.0.1:${server.address().port}` };
});

/** Entries of one kind, oldest first. */
class RecentEntries {
  entries = new Map();

  async upsert(id, payload) {
    this.entries.set(id, payload);
    if (this.entries.size > MOST_KEPT) this.entries.delete(this.entries.keys().next().value);
  }

  async find(id) {
    return this.entries.get(id);
  }

  async destroy(id) {
    this.entries.delete(id);
  }
}
