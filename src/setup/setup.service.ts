import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, type Repository } from 'typeorm';
import { Unauthenticated } from '../access/access.errors.js';
import { normalizeEmail } from '../access/email-address.js';
import { addressKey, FailureThrottle } from '../access/failure-throttle.js';
import { type Origin } from '../access/principal.js';
import { equalInConstantTime, SecretHasher } from '../access/secret.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { Transactions } from '../database/transactions.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { StartError } from '../start-error.js';
import { PasswordsService } from '../users/passwords.service.js';
import { SessionsService, type StartedSession } from '../users/sessions.service.js';
import { type Person, UsersService } from '../users/users.service.js';
import { DemoService } from './demo.service.js';
import { Installation } from './installation.entity.js';
import { AlreadySetUp } from './setup.errors.js';

type FirstOrganization = Awaited<ReturnType<OrganizationsService['found']>>;

export interface FirstOwner {
  /** Normalised. */
  readonly email: string;
  readonly password: string;
  readonly name: string | undefined;
  readonly organizationName: string;
}

/** The first organization, and its owner signed in. */
export interface SetUpDeployment {
  readonly session: StartedSession;
  readonly organization: FirstOrganization;
}

/** The first owner and organization of an empty database, exactly once. */
@Injectable()
export class SetupService {
  constructor(
    @InjectRepository(Installation) private readonly installations: Repository<Installation>,
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly users: UsersService,
    private readonly organizations: OrganizationsService,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly demo: DemoService,
    private readonly hasher: SecretHasher,
    private readonly throttle: FailureThrottle,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Called once at start: creates the owner that the configuration names, or gives the token by
   * which `POST /v1/setup` makes one. Null once there is an owner.
   *
   * @throws StartError where the database belongs to another master secret
   */
  async prepare(): Promise<{ setupToken: string | null }> {
    const installation = await this.get();
    await this.requireOwnSecret(installation);
    if (installation.setUpAt) return { setupToken: null };
    const { ownerEmail, ownerPassword, organizationName } = this.runtime.config;
    if (ownerEmail === null || ownerPassword === null || organizationName === null) {
      return { setupToken: this.tokenOf(installation) };
    }
    const owner = {
      email: normalizeEmail(ownerEmail),
      password: ownerPassword,
      name: undefined,
      organizationName,
    };
    try {
      const first = await this.transactions.run((manager) => this.establish(manager, owner, null));
      await this.fillDemo(first);
    } catch (error) {
      // Another process of the deployment was faster, with the same configuration.
      if (!(error instanceof AlreadySetUp)) throw error;
    }
    return { setupToken: null };
  }

  /**
   * @throws AlreadySetUp
   * @throws Unauthenticated for a wrong token
   * @throws ValidationFailed for an unacceptable password
   */
  async setUp(token: string, owner: FirstOwner, origin: Origin): Promise<SetUpDeployment> {
    const installation = await this.get();
    if (installation.setUpAt) throw new AlreadySetUp();
    if (!equalInConstantTime(Buffer.from(token), Buffer.from(this.tokenOf(installation)))) {
      await this.throttle.count('oneTimeTokenFailuresPerAddressPerMinute', addressKey(origin.ip));
      throw new Unauthenticated('wrong set-up token', token !== '');
    }
    const deployment = await this.transactions.run(async (manager) => {
      const { user, organization } = await this.establish(manager, owner, origin);
      return { session: await this.sessions.start(manager, user, origin), organization };
    });
    await this.fillDemo({ ...deployment, user: deployment.session.user });
    return deployment;
  }

  private async fillDemo(first: { user: Person; organization: FirstOrganization }): Promise<void> {
    if (this.runtime.config.demo) await this.demo.fill(first.organization.id, first.user.id);
  }

  /** The claim comes first: those who lose it have hashed no password and made no user. */
  private async establish(
    manager: EntityManager,
    { email, password, name, organizationName }: FirstOwner,
    origin: Origin | null,
  ): Promise<{ user: Person; organization: FirstOrganization }> {
    const { affected } = await manager.update(
      Installation,
      { setUpAt: IsNull() },
      { setUpAt: new Date() },
    );
    if (!affected) throw new AlreadySetUp();
    const passwordHash = await this.passwords.hash(password);
    const user = await this.users.create(
      manager,
      { email, name, passwordHash, emailVerified: true },
      origin,
    );
    const wanted = { name: organizationName };
    return { user, organization: await this.organizations.found(manager, user.id, wanted, origin) };
  }

  /** Derived, so that every process and every start of a deployment prints the same one. */
  private tokenOf({ id }: Installation): string {
    return `kcsetup_${this.hasher.digest('setup', id).toString('base64url')}`;
  }

  private get(): Promise<Installation> {
    return this.installations
      .createQueryBuilder('installation')
      .addSelect('installation.secretCheck')
      .getOneOrFail();
  }

  /** A wrong secret would make every stored credential look unknown; better not to start. */
  private async requireOwnSecret({ id, secretCheck }: Installation): Promise<void> {
    const known = this.hasher.candidates('secret check', id);
    if (secretCheck && !known.some((digest) => equalInConstantTime(digest, secretCheck))) {
      throw new StartError(
        'The database was set up with another KEYCAP_SECRET, on which every credential in it depends: start with that one, or name it in KEYCAP_FORMER_SECRETS.',
      );
    }
    const digest = this.hasher.digest('secret check', id);
    await this.installations.update({ id }, { secretCheck: digest });
  }
}
