import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { AccessGuard } from './access.guard.js';
import { AccessService } from './access.service.js';
import {
  CREDENTIAL_STRATEGIES,
  type CredentialStrategy,
} from './credentials/credential-strategy.js';
import { FailureThrottle } from './throttling/failure-throttle.js';
import { OperatorStrategy } from './credentials/operator.strategy.js';
import { ResourceServerStrategy } from './credentials/resource-server.strategy.js';
import { OrganizationNames } from './organization-names.js';
import { RoleDirectory } from './role-directory.js';
import { ScopeCatalogue } from './scopes/scopes.js';
import { Sealer } from './secrets/sealing.js';
import { SecretHasher } from './secrets/secret.js';

export interface AccessOptions {
  /** The features that own what follows. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  readonly roleDirectory: Type<RoleDirectory>;
  readonly organizationNames: Type<OrganizationNames>;
  /** Beside the kernel's own, those of resource servers and operators. */
  readonly strategies: readonly Type<CredentialStrategy>[];
}

/**
 * Who may call. The kernel declares what it must be told (strategies, roles); the composition
 * root binds the features that know.
 */
@Module({})
export class AccessModule {
  static forRoot(options: AccessOptions): DynamicModule {
    const { imports, roleDirectory, organizationNames, strategies } = options;
    return {
      module: AccessModule,
      global: true,
      imports,
      providers: [
        AccessService,
        OperatorStrategy,
        ResourceServerStrategy,
        Sealer,
        AccessGuard,
        { provide: APP_GUARD, useExisting: AccessGuard },
        { provide: OrganizationNames, useExisting: organizationNames },
        { provide: RoleDirectory, useExisting: roleDirectory },
        {
          provide: CREDENTIAL_STRATEGIES,
          useFactory: (...list: CredentialStrategy[]) => list,
          inject: [OperatorStrategy, ResourceServerStrategy, ...strategies],
        },
        {
          provide: FailureThrottle,
          useFactory: ({ config }: Runtime) => new FailureThrottle(config),
          inject: [RUNTIME],
        },
        {
          provide: ScopeCatalogue,
          useFactory: ({ config }: Runtime) =>
            new ScopeCatalogue(
              config.hostScopes,
              config.protectedResources.flatMap(({ scopes }) => scopes),
            ),
          inject: [RUNTIME],
        },
        {
          provide: SecretHasher,
          useFactory: (runtime: Runtime) => new SecretHasher(runtime.secret, runtime.formerSecrets),
          inject: [RUNTIME],
        },
      ],
      exports: [
        AccessService,
        FailureThrottle,
        OrganizationNames,
        ScopeCatalogue,
        Sealer,
        SecretHasher,
      ],
    };
  }
}
