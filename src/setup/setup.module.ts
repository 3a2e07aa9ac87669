import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { DemoService } from './demo.service.js';
import { FoundingService } from './founding.service.js';
import { Installation } from './installation.entity.js';
import { SetupController } from './setup.controller.js';
import { SetupService } from './setup.service.js';

/** First set-up of a deployment. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Installation]),
    ApiKeysModule,
    OrganizationsModule,
    UsersModule,
  ],
  controllers: [SetupController],
  providers: [DemoService, FoundingService, SetupService],
})
export class SetupModule {}
