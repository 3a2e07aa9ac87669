import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { type Origin } from '../access/principal.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { OrganizationCreationService } from '../organizations/organization-creation.service.js';
import { PasswordsService } from '../users/passwords/passwords.service.js';
import { type Person, UsersService } from '../users/users.service.js';
import { DemoService } from './demo.service.js';
import { Installation } from './installation.entity.js';
import { AlreadySetUp } from './setup.errors.js';

export interface FirstOwner {
  /** Normalised. */
  readonly email: string;
  readonly password: string;
  readonly name: string | undefined;
  readonly organizationName: string;
}

/** What a set-up has made. */
export interface Founded {
  readonly user: Person;
  readonly organization: Awaited<ReturnType<OrganizationCreationService['found']>>;
}

/** Makes the first owner and his organization, whoever asked for it. */
@Injectable()
export class FoundingService {
  constructor(
    private readonly users: UsersService,
    private readonly organizations: OrganizationCreationService,
    private readonly passwords: PasswordsService,
    private readonly demo: DemoService,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /**
   * The claim comes first: those who lose it have hashed no password and made no user.
   *
   * @throws AlreadySetUp
   * @throws ValidationFailed for an unacceptable password
   */
  async found(
    manager: EntityManager,
    { email, password, name, organizationName }: FirstOwner,
    origin: Origin | null,
  ): Promise<Founded> {
    const { affected } = await manager.update(
      Installation,
      { setUpAt: IsNull() },
      { setUpAt: new Date() },
    );
    if (!affected) throw new AlreadySetUp();
    const passwordHash = await this.passwords.hash(password, [
      email,
      name ?? null,
      organizationName,
    ]);
    const wanted = { email, name, passwordHash, emailVerified: true };
    const user = await this.users.create(manager, wanted, origin);
    const organization = await this.organizations.found(
      manager,
      user.id,
      { name: organizationName },
      origin,
    );
    return { user, organization };
  }

  /** Once the founding has committed: something to look at, where KEYCAP_DEMO asks for it. */
  async addDemo({ user, organization }: Founded): Promise<void> {
    if (this.runtime.config.demo) await this.demo.fill(organization.id, user.id);
  }
}
