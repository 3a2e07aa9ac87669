import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { CREDENTIAL_STORES, type CredentialStore } from './credential-store.service.js';

export interface CredentialStoresOptions {
  /** The features that own what follows. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  readonly stores: readonly Type<CredentialStore>[];
}

/** Tells organizations of the credentials in them, whose features depend on organizations. */
@Module({})
export class CredentialStoresModule {
  static forRoot({ imports, stores }: CredentialStoresOptions): DynamicModule {
    return {
      module: CredentialStoresModule,
      global: true,
      imports,
      providers: [
        {
          provide: CREDENTIAL_STORES,
          useFactory: (...list: CredentialStore[]) => list,
          inject: [...stores],
        },
      ],
      exports: [CREDENTIAL_STORES],
    };
  }
}
