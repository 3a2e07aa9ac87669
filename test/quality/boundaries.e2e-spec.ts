import { createRequire } from 'node:module';
import { outputOf, PATIENCE_MS, PlantedTree, ROOT } from './planted-tree.js';

interface Violation {
  rule: { name: string };
  from: string;
  /** The files of a circle, which is reported at one of them. */
  cycle?: { name: string }[];
}

/** Files of a house that keeps every rule, using each allowance that the rules make. */
const HOUSE = {
  'src/programs.ts': `import { AppModule } from './app.module.js'; export const app = AppModule;`,
  'src/app.module.ts': `
    import { AccessGuard } from './access/access.guard.js';
    import { MIGRATIONS } from './migrations/index.js';
    import { ApiKeysController } from './api-keys/api-keys.controller.js';
    import { ApiKeysModule } from './api-keys/api-keys.module.js';
    import { UsersService } from './users/users.service.js';
    export const AppModule = [AccessGuard, MIGRATIONS, ApiKeysModule, ApiKeysController, UsersService];`,
  'src/problem.ts': `export class Problem extends Error {}`,
  'src/migrations/index.ts': `import type { MigrationInterface } from 'typeorm'; export const MIGRATIONS: MigrationInterface[] = [];`,
  'src/database/migrate.ts': `import { MIGRATIONS } from '../migrations/index.js'; export const count = MIGRATIONS.length;`,
  'src/access/principal.ts': `export const ROLES = ['owner'] as const; export type Role = (typeof ROLES)[number];`,
  'src/access/access.guard.ts': `
    import { Problem } from '../problem.js';
    import { ROLES } from './principal.js';
    export const AccessGuard = [Problem, ROLES];`,
  'src/http/pagination.ts': `import type { FastifyRequest } from 'fastify'; export type Page = FastifyRequest;`,
  'src/users/user.vocabulary.ts': `export const STATES = ['active'] as const; export type State = (typeof STATES)[number];`,
  'src/users/user.errors.ts': `import { Problem } from '../problem.js'; export class UserNotFound extends Problem {}`,
  'src/users/user.entity.ts': `
    import { Entity } from 'typeorm';
    import type { Role } from '../access/principal.js';
    import type { State } from './user.vocabulary.js';
    @Entity() export class User { role: Role; state: State; }`,
  'src/users/users.service.ts': `
    import type { Repository } from 'typeorm';
    import { User } from './user.entity.js';
    import { UserNotFound } from './user.errors.js';
    export const UsersService = [User, UserNotFound]; export type Users = Repository<User>;`,
  'src/users/users.module.ts': `import { UsersService } from './users.service.js'; export const UsersModule = UsersService;`,
  'src/users/users.service.spec.ts': `
    import fc from 'fast-check';
    import { support } from '../../test/support/keycap.js';
    export const spec = [fc, support];`,
  'src/api-keys/api-key.dto.ts': `import { ApiProperty } from '@nestjs/swagger'; export const property = ApiProperty;`,
  'src/api-keys/api-keys.controller.ts': `
    import { ApiOperation } from '@nestjs/swagger';
    import type { FastifyReply } from 'fastify';
    import type { Page } from '../http/pagination.js';
    import { UsersService } from '../users/users.service.js';
    import { property } from './api-key.dto.js';
    export const ApiKeysController = [ApiOperation, UsersService, property];
    export type Answer = FastifyReply | Page;`,
  'src/api-keys/api-keys.module.ts': `import { UsersModule } from '../users/users.module.js'; export const ApiKeysModule = UsersModule;`,
  'test/support/keycap.ts': `export const support = 1;`,
  'dashboard/src/main.tsx': `import { page } from './page'; export const main = page;`,
  'dashboard/src/page.ts': `export const page = 1;`,
};

/** For each rule: files that break it, and nothing else. */
const PLANTED: Record<string, Record<string, string>> = {
  'not-to-unresolvable': { 'src/users/nowhere.ts': `import './does-not-exist.js';` },
  'no-circular': {
    'src/users/egg.ts': `import { hen } from './hen.js'; export const egg = () => hen;`,
    'src/users/hen.ts': `import type { egg } from './egg.js'; export type Egg = typeof egg; export const hen = 1;`,
  },
  'access-knows-no-feature': {
    'src/access/asks.ts': `import '../users/users.service.js';`,
    'src/http/asks.ts': `import type { Users } from '../users/users.service.js'; export type Asked = Users;`,
    'src/database/asks.ts': `import '../users/user.errors.js';`,
    'src/config.ts': `import './users/users.module.js';`,
    'src/access/composes.ts': `import '../app.module.js';`,
  },
  'features-stay-apart': {
    'src/api-keys/takes-an-error.ts': `import '../users/user.errors.js';`,
    'src/api-keys/takes-a-type.ts': `import type { State } from '../users/user.vocabulary.js'; export type Taken = State;`,
    'src/audit/takes-an-entity.ts': `import '../users/user.entity.js';`,
  },
  'the-edge-shares-the-wire': {
    'src/audit/takes-an-entity.dto.ts': `import '../users/user.entity.js';`,
  },
  'only-the-edge-knows-http': {
    'src/users/fastify.service.ts': `import type { FastifyRequest } from 'fastify'; export type A = FastifyRequest;`,
    'src/users/adapter.service.ts': `import type { NestFastifyApplication } from '@nestjs/platform-fastify'; export type A = NestFastifyApplication;`,
    'src/users/passport.service.ts': `import 'passport';`,
    'src/users/strategy.service.ts': `import 'passport-http-bearer';`,
    'src/users/nest-passport.service.ts': `import '@nestjs/passport';`,
    'src/users/swagger.service.ts': `import '@nestjs/swagger';`,
    'src/users/pages.service.ts': `import type { Page } from '../http/pagination.js'; export type A = Page;`,
  },
  'controllers-do-not-touch-the-database': {
    'src/users/typeorm.controller.ts': `import type { Repository } from 'typeorm'; export type A = Repository<object>;`,
    'src/users/nest-typeorm.controller.ts': `import '@nestjs/typeorm';`,
    'src/users/pg.controller.ts': `import 'pg';`,
    'src/users/entity.controller.ts': `import type { User } from './user.entity.js'; export type A = User;`,
    'src/users/migrations.controller.ts': `import '../migrations/index.js';`,
  },
  'entities-are-leaves': {
    'src/users/package.entity.ts': `import 'zod';`,
    'src/users/value.entity.ts': `import { STATES } from './user.vocabulary.js'; export const states = STATES;`,
    'src/users/relation.entity.ts': `import { User } from './user.entity.js'; export const user = User;`,
    'src/api-keys/foreign.entity.ts': `import type { Users } from '../users/users.service.js'; export type A = Users;`,
    'src/users/composed.entity.ts': `import type { AppModule } from '../app.module.js'; export type A = typeof AppModule;`,
  },
  'no-orphans': { 'src/users/lonely.ts': `export const lonely = true;` },
  'src-does-not-import-tests': {
    'src/users/tested.ts': `import '../../test/support/keycap.js';`,
    'src/users/specified.ts': `import './users.service.spec.js';`,
  },
  'the-dashboard-knows-the-api-alone': {
    'dashboard/src/asks.ts': `import '../../src/problem.js';`,
    'dashboard/src/tested.tsx': `import '../../test/support/keycap.js';`,
  },
  'nothing-knows-the-dashboard': {
    'src/users/draws.ts': `import '../../dashboard/src/page.js';`,
  },
  'production-packages-only': { 'src/users/develops.ts': `import 'fast-check';` },
};

async function violationsIn(folder: string): Promise<string[]> {
  const judged = ['src', 'test', 'dashboard/src'];
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...judged];
  const printed = await outputOf('dependency-cruiser/bin/dependency-cruise.mjs', args, folder);
  const { summary } = JSON.parse(printed) as { summary: { violations: Violation[] } };
  const lines = summary.violations.flatMap(({ rule, from, cycle = [] }) =>
    [from, ...cycle.map(({ name }) => name)].map((file) => `${rule.name}: ${file}`),
  );
  return [...new Set(lines)].sort();
}

describe('boundaries', () => {
  let violations: string[];

  beforeAll(async () => {
    const planted = Object.values(PLANTED).flatMap((files) => Object.entries(files));
    const tree = await PlantedTree.of({ ...HOUSE, ...Object.fromEntries(planted) });
    try {
      violations = await violationsIn(tree.folder);
    } finally {
      await tree.remove();
    }
  }, PATIENCE_MS);

  it.each(Object.entries(PLANTED))('%s reports what breaks it, and only that', (rule, files) => {
    const about = violations.filter((line) =>
      Object.keys(files).some((file) => line.endsWith(`: ${file}`)),
    );
    expect(about).toEqual(
      Object.keys(files)
        .map((file) => `${rule}: ${file}`)
        .sort(),
    );
  });

  it('let a house be that keeps them', () => {
    const planted = Object.values(PLANTED).flatMap((files) => Object.keys(files));
    expect(violations.filter((line) => !planted.includes(line.split(': ')[1]!))).toEqual([]);
  });

  it('have no rule that was never seen to fail', () => {
    const require = createRequire(import.meta.url);
    const { forbidden } = require('../../.dependency-cruiser.cjs') as {
      forbidden: { name: string }[];
    };
    expect([...new Set(forbidden.map(({ name }) => name))].sort()).toEqual(
      Object.keys(PLANTED).sort(),
    );
  });

  it('are kept by this repository', async () => {
    expect(await violationsIn(ROOT)).toEqual([]);
  });
});
