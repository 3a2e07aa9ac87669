import { type DynamicModule, Module } from '@nestjs/common';
import { type Runtime } from './config.js';

/** Injection token of the `Runtime`. */
export const RUNTIME = Symbol('RUNTIME');

/** Hands configuration to everyone who asks for `RUNTIME`. */
@Module({})
export class ConfigModule {
  static forRoot(runtime: Runtime): DynamicModule {
    const provider = { provide: RUNTIME, useValue: runtime };
    return { module: ConfigModule, global: true, providers: [provider], exports: [provider] };
  }
}
