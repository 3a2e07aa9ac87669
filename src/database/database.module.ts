import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSourceOptions } from 'typeorm';
import { SingleConnectionDataSource } from './single-connection.js';
import { Transactions } from './transactions.js';

/** Whether the pool is opened at once, or never: then only what needs no table works. */
export type Connecting = 'connected' | 'unconnected';

/** The pool and its transactions. */
@Module({})
export class DatabaseModule {
  static forRoot(options: DataSourceOptions, connecting: Connecting = 'connected'): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({
            ...options,
            retryAttempts: 0,
            manualInitialization: connecting === 'unconnected',
          }),
          // The library's own await initializes it, unless it is told not to.
          dataSourceFactory: () => Promise.resolve(new SingleConnectionDataSource(options)),
        }),
      ],
      providers: [Transactions],
      exports: [Transactions],
    };
  }
}
