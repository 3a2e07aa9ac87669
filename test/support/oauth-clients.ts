import type {
  ClientSecretBody,
  IssuedSecretBody,
} from '../../src/oauth/clients/client-secrets.dto.js';
import type { OAuthClientBody } from '../../src/oauth/clients/oauth-clients.dto.js';
import { type Answer, ask, call, type ErrorBody, type TestOrganization } from './keycap.js';
import { requestToken } from './token-endpoint.js';

/** A client with a secret, as one that does not sign is answered. */
export type IssuedSecret = {
  [Name in keyof IssuedSecretBody]: NonNullable<IssuedSecretBody[Name]>;
};

export interface AuditEvent {
  readonly action: string;
  readonly actor_id: string;
  readonly target_id: string;
  readonly project_id: string | null;
  readonly metadata: Record<string, unknown>;
}

/** The management of one organization's clients, as its owner does it unless told otherwise. */
export class ClientManagement {
  readonly path: string;
  private readonly owner: string;

  constructor(private readonly organization: TestOrganization) {
    this.path = `${organization.path}/oauth-clients`;
    this.owner = organization.owner.session;
  }

  create(wanted: object = {}, as = this.owner): Promise<IssuedSecret> {
    return ask('POST', this.path, { as, body: { name: 'Sync', ...wanted }, expect: 201 });
  }

  pathOf({ oauth_client }: Pick<IssuedSecret, 'oauth_client'>): string {
    return `${this.path}/${oauth_client.client_id}`;
  }

  change(issued: IssuedSecret, body: object): Promise<{ oauth_client: OAuthClientBody }> {
    return ask('PATCH', this.pathOf(issued), { as: this.owner, body });
  }

  get(issued: IssuedSecret): Promise<{ oauth_client: OAuthClientBody }> {
    return ask('GET', this.pathOf(issued), { as: this.owner });
  }

  async secretsOf(issued: Pick<IssuedSecret, 'oauth_client'>): Promise<ClientSecretBody[]> {
    const path = `${this.pathOf(issued)}/secrets`;
    const list = await ask<{ client_secrets: ClientSecretBody[] }>('GET', path, { as: this.owner });
    return list.client_secrets;
  }

  addSecret(
    issued: IssuedSecret,
    body: object = {},
    as = this.owner,
  ): Promise<Answer<IssuedSecret>> {
    return call<IssuedSecret>('POST', `${this.pathOf(issued)}/secrets`, { as, body });
  }

  /** What was recorded about the client, oldest first. */
  async eventsOf({ oauth_client }: IssuedSecret): Promise<AuditEvent[]> {
    const path = `${this.organization.path}/audit-events`;
    const { audit_events } = await ask<{ audit_events: AuditEvent[] }>('GET', path, {
      as: this.owner,
    });
    return audit_events
      .filter(({ target_id }) => target_id === oauth_client.client_id)
      .toReversed();
  }
}

/** The status of asking for a token with this secret. */
export async function tokenStatus({ basic_credential }: IssuedSecret): Promise<number> {
  return (await requestToken({ authorization: `Basic ${basic_credential}` })).status;
}

/** The status and code of a refusal: `404 not_found`. */
export async function refusalOf(answer: Promise<Answer<unknown>>): Promise<string> {
  const { status, body } = await answer;
  return `${String(status)} ${(body as ErrorBody).code}`;
}
