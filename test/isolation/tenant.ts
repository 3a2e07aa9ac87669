import { decodeId, encodeId, newId } from '../../src/access/ids.js';
import { ask, inDatabase, randomText } from '../support/keycap.js';
import { MODEST, startLogin } from '../support/device-logins.js';
import type { Objects } from './objects.js';
import { absentObjects } from './objects.js';

/** Someone of a tenant. */
export interface Member {
  readonly id: string;
  readonly membership: string;
  readonly email: string;
  readonly session: string;
  readonly sessionId: string;
}

/** An organization with at least one of everything in it. */
export interface Tenant {
  readonly id: string;
  readonly path: string;
  readonly url: string | undefined;
  readonly owner: Member;
  readonly admin: Member;
  readonly member: Member;
  /** What requests name; a member, not the owner. */
  readonly objects: Objects;
  /** Of the same organization: another project, another client's secret, another's session. */
  readonly siblings: Pick<Objects, SiblingKind>;
  /** `#token=` of the open invitation. */
  readonly invitationToken: string;
  /** `client_id:client_secret` of the client, in base64. */
  readonly basicCredential: string;
  /** A key of everything. */
  readonly key: string;
}

type SiblingKind = 'clientSecret' | 'project' | 'session';

/** Where a tenant is made, and who owns it already. */
export interface Founding {
  readonly organizationId: string;
  readonly session: string;
  /** The shared server unless given. */
  readonly url?: string;
}

export const PASSWORD = 'a long enough passphrase';

/** Fills an organization. */
export async function tenantOf({ organizationId, session, url }: Founding): Promise<Tenant> {
  const maker = new Maker(organizationId, session, url);
  const owner = await maker.owner();
  const [admin, member, another, project, otherProject] = await Promise.all([
    maker.member('admin'),
    maker.member('member'),
    maker.member('member'),
    maker.project(),
    maker.project(),
  ]);
  const [client, otherClient, invited, key] = await Promise.all([
    maker.client(),
    maker.client(),
    maker.invitation(),
    maker.key({ scopes: ['*'] }),
  ]);
  await maker.secret(client.id);
  return {
    id: organizationId,
    path: maker.path,
    url,
    owner,
    admin,
    member,
    objects: {
      organization: organizationId,
      user: member.id,
      membership: member.membership,
      project,
      apiKey: key.id,
      client: client.id,
      clientSecret: client.secretId,
      invitation: invited.id,
      session: member.sessionId,
      // No test here sends one.
      mail: absentObjects().mail,
      deviceLogin: await maker.approvedLogin(),
      plaintextKey: key.plaintext,
      accessToken: await maker.token(client.basicCredential),
    },
    siblings: {
      clientSecret: otherClient.secretId,
      project: otherProject,
      session: another.sessionId,
    },
    invitationToken: invited.token,
    basicCredential: client.basicCredential,
    key: key.plaintext,
  };
}

/** Makes things in an organization, as its owner. */
export class Maker {
  readonly path: string;

  constructor(
    private readonly organizationId: string,
    private readonly session: string,
    private readonly url: string | undefined,
  ) {
    this.path = `/v1/organizations/${organizationId}`;
  }

  static in({ id, owner, url }: Tenant): Maker {
    return new Maker(id, owner.session, url);
  }

  async owner(): Promise<Member> {
    const { user } = await this.get<{ user: { id: string; email: string } }>('/v1/users/me');
    const { member } = await this.get<{ member: { id: string } }>(`${this.path}/members/me`);
    const { session } = this;
    const { id, email } = user;
    return { id, email, membership: member.id, session, sessionId: await this.sessionId(session) };
  }

  /** A new person, by an invitation. */
  async member(role: 'admin' | 'member'): Promise<Member> {
    const email = `${randomText()}@keycap.test`;
    const { token } = await this.invitation({ email, role });
    const { member, session_token: session } = await ask<{
      member: { id: string; user_id: string };
      session_token: string;
    }>('POST', '/v1/invitations/accept', {
      ...this.here,
      body: { token, name: `Person ${randomText()}`, password: PASSWORD },
    });
    const sessionId = await this.sessionId(session);
    return { id: member.user_id, membership: member.id, email, session, sessionId };
  }

  /** Someone who has never signed in: quicker made than a person who has. @returns the user's id */
  async silentMember(): Promise<string> {
    const [user, membership] = [newId(), newId()];
    await inDatabase(
      `WITH person AS (
         INSERT INTO users (id, email, name, created_at, updated_at)
         VALUES ($1, $2, 'Silent', now(), now()) RETURNING id)
       INSERT INTO memberships (id, organization_id, user_id, role, status, created_at, updated_at)
       SELECT $3, $4, id, 'member', 'active', now(), now() FROM person`,
      [
        user,
        `${randomText()}@keycap.test`,
        membership,
        decodeId('organization', this.organizationId),
      ],
    );
    return encodeId('user', user);
  }

  async invitation(wanted: object = {}): Promise<{ id: string; token: string }> {
    const body = { email: `${randomText()}@keycap.test`, role: 'member', ...wanted };
    const made = await this.post<{ invitation: { id: string }; accept_url: string }>(
      `${this.path}/invitations`,
      body,
    );
    const token = made.accept_url.slice(made.accept_url.indexOf('#token=') + '#token='.length);
    return { id: made.invitation.id, token };
  }

  async project(): Promise<string> {
    const body = { organization_id: this.organizationId, name: `Project ${randomText()}` };
    const { project } = await this.post<{ project: { id: string } }>('/v1/projects', body);
    return project.id;
  }

  async key(wanted: object): Promise<{ id: string; plaintext: string }> {
    const made = await this.post<{ api_key: { id: string }; plaintext_api_key: string }>(
      `${this.path}/api-keys`,
      { name: `Key ${randomText()}`, ...wanted },
    );
    return { id: made.api_key.id, plaintext: made.plaintext_api_key };
  }

  client(wanted: object = {}): Promise<NewClient> {
    return this.clientAs(this.session, wanted);
  }

  /** The same, made by someone else. */
  async clientAs(as: string, wanted: object): Promise<NewClient> {
    const body = { name: `Client ${randomText()}`, scopes: ['*'], ...wanted };
    const made = await ask<IssuedClient>('POST', `${this.path}/oauth-clients`, {
      ...this.here,
      ...{ as, body, expect: 201 },
    });
    return {
      id: made.oauth_client.client_id,
      secretId: made.secret.id,
      basicCredential: made.basic_credential,
    };
  }

  async secret(clientId: string): Promise<string> {
    const path = `${this.path}/oauth-clients/${clientId}/secrets`;
    return (await this.post<IssuedClient>(path, {})).secret.id;
  }

  /** The login of a device, which nobody has answered. */
  async deviceLogin(): Promise<string> {
    return (await startLogin({ scopes: MODEST }, this.here)).id;
  }

  /** One that the owner has approved, so that it is of the tenant. */
  async approvedLogin(): Promise<string> {
    const id = await this.deviceLogin();
    await ask('POST', `/v1/cli/login/sessions/${id}/approve`, {
      ...this.here,
      as: this.session,
      body: { organization_id: this.organizationId },
    });
    return id;
  }

  async token(basicCredential: string): Promise<string> {
    const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
      ...this.here,
      as: `Basic ${basicCredential}`,
      form: { grant_type: 'client_credentials' },
    });
    return access_token;
  }

  /** The token of one more session. */
  async signIn(email: string): Promise<string> {
    const body = { email, password: PASSWORD };
    const started = await ask<{ session_token: string }>('POST', '/v1/sessions', {
      ...this.here,
      body,
      expect: 201,
    });
    return started.session_token;
  }

  async sessionId(session: string): Promise<string> {
    const { sessions } = await ask<{ sessions: { id: string; is_current: boolean }[] }>(
      'GET',
      '/v1/sessions',
      { ...this.here, as: session },
    );
    return sessions.find(({ is_current }) => is_current)!.id;
  }

  private get here(): { url?: string } {
    return this.url === undefined ? {} : { url: this.url };
  }

  private get<T>(path: string): Promise<T> {
    return ask<T>('GET', path, { ...this.here, as: this.session });
  }

  private post<T>(path: string, body: object): Promise<T> {
    return ask<T>('POST', path, { ...this.here, as: this.session, body, expect: 201 });
  }
}

interface NewClient {
  readonly id: string;
  readonly secretId: string;
  readonly basicCredential: string;
}

interface IssuedClient {
  readonly oauth_client: { readonly client_id: string };
  readonly basic_credential: string;
  readonly secret: { readonly id: string };
}
