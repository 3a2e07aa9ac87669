import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSourceOptions } from 'typeorm';
import { SingleConnectionDataSource } from './single-connection.js';
import { Transactions } from './transactions.js';

/** The pool and its transactions. */
@Module({})
export class DatabaseModule {
  static forRoot(options: DataSourceOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...options, retryAttempts: 0 }),
          dataSourceFactory: () => new SingleConnectionDataSource(options).initialize(),
        }),
      ],
      providers: [Transactions],
      exports: [Transactions],
    };
  }
}
