import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { Unauthenticated } from '../access/access.errors.js';
import { normalizeEmail } from '../access/email-address.js';
import { addressKey } from '../access/addresses/address-key.js';
import { FailureThrottle } from '../access/throttling/failure-throttle.js';
import { type Origin } from '../access/principal.js';
import { equalInConstantTime, SecretHasher } from '../access/secrets/secret.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { Transactions } from '../database/transactions.js';
import { StartError } from '../start-error.js';
import { SessionsService, type StartedSession } from '../users/sessions/sessions.service.js';
import { type FirstOwner, type Founded, FoundingService } from './founding.service.js';
import { Installation } from './installation.entity.js';
import { AlreadySetUp } from './setup.errors.js';

/** The first organization, and its owner signed in. */
export interface SetUpDeployment extends Founded {
  readonly session: StartedSession;
}

/** The set-up of an empty database, exactly once. */
@Injectable()
export class SetupService {
  constructor(
    @InjectRepository(Installation) private readonly installations: Repository<Installation>,
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly founding: FoundingService,
    private readonly sessions: SessionsService,
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
    const owner = this.configuredOwner();
    if (!owner) return { setupToken: this.tokenOf(installation) };
    try {
      const founded = await this.transactions.run((manager) =>
        this.founding.found(manager, owner, null),
      );
      await this.founding.addDemo(founded);
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
      const founded = await this.founding.found(manager, owner, origin);
      return { ...founded, session: await this.sessions.start(manager, founded.user, origin) };
    });
    await this.founding.addDemo(deployment);
    return deployment;
  }

  private configuredOwner(): FirstOwner | null {
    const { ownerEmail, ownerPassword, organizationName } = this.runtime.config;
    if (ownerEmail === null || ownerPassword === null || organizationName === null) return null;
    return {
      email: normalizeEmail(ownerEmail),
      password: ownerPassword,
      name: undefined,
      organizationName,
    };
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
        'The database was set up with another KEYCAP_SECRET, on which every credential in it depends: start with that one (unset KEYCAP_SECRET to use the one in the data folder), or name it in KEYCAP_FORMER_SECRETS.',
      );
    }
    const digest = this.hasher.digest('secret check', id);
    await this.installations.update({ id }, { secretCheck: digest });
  }
}
