import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { Installation } from './installation.entity.js';
import { SetupController } from './setup.controller.js';
import { SetupService } from './setup.service.js';

/** First set-up of a deployment. */
@Module({
  imports: [TypeOrmModule.forFeature([Installation]), OrganizationsModule, UsersModule],
  controllers: [SetupController],
  providers: [SetupService],
})
export class SetupModule {}
