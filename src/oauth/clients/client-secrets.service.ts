import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import {
  type EntityManager,
  type FindOptionsWhere,
  IsNull,
  LessThan,
  MoreThan,
  type Repository,
} from 'typeorm';
import { ExpiresInPast, ScopeExceedsCreator } from '../../access/scopes/granting.js';
import { encodeId, newId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { randomBase62, SecretHasher } from '../../access/secrets/secret.js';
import { AuditService } from '../../audit/audit.service.js';
import {
  OrganizationChangesService,
  SENSITIVE,
} from '../../organizations/organization-changes.service.js';
import { ClientSecret, MAX_LIVE_SECRETS } from './client-secret.entity.js';
import { OAuthClient } from './oauth-client.entity.js';
import { ClientPolicy } from './client-policy.js';
import { signs } from './client-settings.js';
import { lockClient } from './locked-client.js';
import {
  ClientHasNoSecrets,
  ClientSecretNotFound,
  OAuthClientNotFound,
  SecretLimitReached,
} from './oauth-clients.errors.js';

/** 128 letters and digits, as Django OAuth Toolkit makes them; 762 random bits. */
const SECRET_LENGTH = 128;
const HINT_LENGTH = 4;

export interface NewSecret {
  readonly label: string | null;
  readonly expiresAt: Date | null;
}

/** A client with a secret that can be shown, this once; both null for one that signs. */
export interface IssuedSecret {
  readonly client: OAuthClient;
  readonly secret: ClientSecret | null;
  readonly plaintext: string | null;
}

/** The secrets of a client: up to five live ones, so that they can be replaced one by one. */
@Injectable()
export class ClientSecretsService {
  constructor(
    @InjectRepository(ClientSecret) private readonly secrets: Repository<ClientSecret>,
    private readonly hasher: SecretHasher,
    private readonly policy: ClientPolicy,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
  ) {}

  /**
   * Those that are not revoked, newest first.
   *
   * @param page.before UUID of the secret after which the page starts
   * @throws OAuthClientNotFound
   */
  async list(
    { organizationId }: Actor,
    clientId: string,
    page: { before: string | undefined; limit: number },
  ): Promise<ClientSecret[]> {
    const client = { clientId, organizationId, deletedAt: IsNull() };
    if (!(await this.secrets.manager.existsBy(OAuthClient, client))) {
      throw new OAuthClientNotFound();
    }
    return this.secrets.find({
      where: {
        clientId,
        revokedAt: IsNull(),
        ...(page.before === undefined ? {} : { id: LessThan(page.before) }),
      },
      order: { id: 'DESC' },
      take: page.limit,
    });
  }

  /** The live secrets of a client, by which its others are judged. */
  listLive(clientId: string): Promise<ClientSecret[]> {
    return this.secrets.findBy(liveSecretsOf(clientId));
  }

  /**
   * Gives the client one more secret. A client may give one to itself: that is how it rotates.
   *
   * @throws OAuthClientNotFound
   * @throws ClientHasNoSecrets
   * @throws ScopeExceedsCreator unless the actor holds all that the client may do
   * @throws ExpiresInPast
   * @throws SecretLimitReached
   * @throws ReauthRequired
   */
  add(actor: Actor, clientId: string, wanted: NewSecret): Promise<IssuedSecret> {
    const work = async (manager: EntityManager): Promise<IssuedSecret> => {
      const client = await this.requireGivable(manager, actor, clientId);
      await requireRoom(manager, clientId);
      const issued = await this.issue(manager, actor, client, wanted);
      await this.audit.record(manager, actor, {
        action: 'oauth_client.secret_added',
        organizationId: client.organizationId,
        projectId: client.projectId,
        targetId: clientId,
        metadata: describe(issued.secret),
      });
      return issued;
    };
    return this.changes.run(actor, 'shared', work, SENSITIVE);
  }

  /**
   * Gives the client a new secret and an end to all others. While they overlap both work, so that
   * no request fails on the way.
   *
   * @param overlapSeconds how long the others live on; none of them longer than before
   * @throws OAuthClientNotFound
   * @throws ClientHasNoSecrets
   * @throws ScopeExceedsCreator unless the actor holds all that the client may do
   * @throws SecretLimitReached where five live on
   * @throws ReauthRequired
   */
  rotate(actor: Actor, clientId: string, overlapSeconds: number): Promise<IssuedSecret> {
    const work = async (manager: EntityManager): Promise<IssuedSecret> => {
      const client = await this.requireGivable(manager, actor, clientId);
      const end = new Date(Date.now() + overlapSeconds * 1000);
      await manager.query(END_OTHERS, [clientId, end]);
      await requireRoom(manager, clientId);
      const issued = await this.issue(manager, actor, client, { label: null, expiresAt: null });
      await this.audit.record(manager, actor, {
        action: 'oauth_client.rotated',
        organizationId: client.organizationId,
        projectId: client.projectId,
        targetId: clientId,
        metadata: { ...describe(issued.secret), others_expire_at: end.toISOString() },
      });
      return issued;
    };
    return this.changes.run(actor, 'shared', work, SENSITIVE);
  }

  private async requireGivable(
    manager: EntityManager,
    actor: Actor,
    clientId: string,
  ): Promise<OAuthClient> {
    const client = await lockClient(manager, actor, clientId);
    if (signs(client)) throw new ClientHasNoSecrets();
    this.policy.assertHeld(actor, client);
    return client;
  }

  /**
   * Makes a secret of a client whose row the caller has locked or just made.
   *
   * @throws ExpiresInPast
   * @throws ScopeExceedsCreator for a secret that would outlive the credential that makes it
   */
  async issue(
    manager: EntityManager,
    { bounds }: Actor,
    client: OAuthClient,
    { label, expiresAt: wantedEnd }: NewSecret,
  ): Promise<IssuedSecret & { readonly secret: ClientSecret; readonly plaintext: string }> {
    const now = new Date();
    const expiresAt = wantedEnd ?? bounds.expiresAt;
    if (expiresAt !== null && expiresAt <= now) throw new ExpiresInPast();
    if (bounds.expiresAt !== null && expiresAt !== null && expiresAt > bounds.expiresAt) {
      throw new ScopeExceedsCreator('a later expiry');
    }
    const plaintext = randomBase62(SECRET_LENGTH);
    const secret: ClientSecret = {
      id: newId(),
      clientId: client.clientId,
      digest: this.hasher.digest('client secret', plaintext),
      label,
      hint: plaintext.slice(-HINT_LENGTH),
      createdAt: now,
      expiresAt,
      revokedAt: null,
      tokenGeneration: 1,
      lastUsedAt: null,
      lastUsedIp: null,
    };
    await manager.insert(ClientSecret, secret);
    return { client, secret, plaintext };
  }

  /**
   * Ends a secret at once and for good.
   *
   * @throws OAuthClientNotFound
   * @throws ClientSecretNotFound
   */
  revoke(actor: Actor, clientId: string, id: string): Promise<void> {
    return this.changes.run(actor, 'shared', async (manager) => {
      const client = await lockClient(manager, actor, clientId);
      const secret = await manager.findOneBy(ClientSecret, { id, clientId, revokedAt: IsNull() });
      if (!secret) throw new ClientSecretNotFound();
      await manager.update(ClientSecret, { id }, { revokedAt: new Date() });
      await this.audit.record(manager, actor, {
        action: 'oauth_client.secret_revoked',
        organizationId: client.organizationId,
        projectId: client.projectId,
        targetId: clientId,
        metadata: describe(secret),
      });
    });
  }

  /** All of them, where the client has no more use for any. Whoever calls holds its lock. */
  async revokeAll(manager: EntityManager, clientId: string): Promise<void> {
    const live = { clientId, revokedAt: IsNull() };
    await manager.update(ClientSecret, live, { revokedAt: new Date() });
  }
}

/** No secret gets a longer life by it. */
const END_OTHERS = `
  UPDATE oauth_client_secrets SET expires_at = least(expires_at, $2)
   WHERE client_id = $1 AND revoked_at IS NULL`;

function liveSecretsOf(clientId: string): FindOptionsWhere<ClientSecret>[] {
  const notRevoked = { clientId, revokedAt: IsNull() };
  return [
    { ...notRevoked, expiresAt: IsNull() },
    { ...notRevoked, expiresAt: MoreThan(new Date()) },
  ];
}

/** Under the client's lock, so that parallel calls count each other. @throws SecretLimitReached */
async function requireRoom(manager: EntityManager, clientId: string): Promise<void> {
  const count = await manager.countBy(ClientSecret, liveSecretsOf(clientId));
  if (count >= MAX_LIVE_SECRETS) throw new SecretLimitReached(MAX_LIVE_SECRETS);
}

/** What the audit log keeps of a secret. */
function describe({ id, label, hint, expiresAt }: ClientSecret): Record<string, unknown> {
  return {
    secret_id: encodeId('clientSecret', id),
    label,
    hint,
    expires_at: expiresAt?.toISOString() ?? null,
  };
}
