import { Injectable } from '@nestjs/common';
import { type Actor, UNBOUNDED } from '../access/principal.js';
import { randomBase62 } from '../access/secrets/secret.js';
import { ScopeCatalogue } from '../access/scopes/scopes.js';
import { KeyIssuanceService } from '../api-keys/issuance/key-issuance.service.js';
import { Transactions } from '../database/transactions.js';
import { MembersService } from '../organizations/members/members.service.js';
import { ProjectsService } from '../organizations/projects/projects.service.js';
import { PasswordsService } from '../users/passwords/passwords.service.js';
import { UsersService } from '../users/users.service.js';

const PEOPLE = [
  { email: 'grace@demo.example', name: 'Grace Hopper', role: 'admin' },
  { email: 'linus@demo.example', name: 'Linus Torvalds', role: 'member' },
  { email: 'margaret@demo.example', name: 'Margaret Hamilton', role: 'member' },
] as const;
const PROJECTS = ['Production', 'Staging'];
const SCOPES = ['projects:read'];

/**
 * Something to look at in a new deployment (KEYCAP_DEMO): members, projects and keys. The members'
 * passwords and the keys' plaintexts are random and shown to nobody, so none of them opens a door.
 */
@Injectable()
export class DemoService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly members: MembersService,
    private readonly projects: ProjectsService,
    private readonly keys: KeyIssuanceService,
    private readonly scopes: ScopeCatalogue,
    private readonly transactions: Transactions,
  ) {}

  /** Fills a new organization, on behalf of its owner. Ids are UUIDs. */
  async fill(organizationId: string, ownerUserId: string): Promise<void> {
    const owner: Actor = {
      kind: 'user',
      id: ownerUserId,
      userId: ownerUserId,
      signedInAt: new Date(),
      organizationId,
      projectId: null,
      role: 'owner',
      scopes: this.scopes.ofRole('owner'),
      bounds: UNBOUNDED,
      descent: null,
      origin: { ip: '127.0.0.1', requestId: 'demo', userAgent: null },
    };
    for (const person of PEOPLE) await this.addMember(owner, person);
    const wanted = { deviceName: null, expiresAt: null, environment: 'live' } as const;
    const unlimited = { ipAllowlist: null, rateLimit: null, metadata: {} };
    for (const name of PROJECTS) {
      const { id: projectId } = await this.projects.create(owner, { name });
      const draft = { ...wanted, ...unlimited, name: `${name} deploy`, scopes: SCOPES, projectId };
      await this.keys.issue(owner, draft, 'api');
    }
    const whole = { ...wanted, ...unlimited, name: 'Reporting', scopes: ['read'], projectId: null };
    await this.keys.issue(owner, whole, 'api');
  }

  private async addMember(owner: Actor, person: (typeof PEOPLE)[number]): Promise<void> {
    const { email, name, role } = person;
    const passwordHash = await this.passwords.hash(randomBase62(43));
    await this.transactions.run(async (manager) => {
      const wanted = { email, name, passwordHash, emailVerified: false };
      const user = await this.users.create(manager, wanted, null);
      const member = { userId: user.id, role };
      await this.members.add(manager, owner.organizationId, member, owner);
    });
  }
}
