import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { OperatedOrganizationsController } from './organizations.controller.js';
import { OperatedUsersController } from './users.controller.js';

/** Internal admin tooling at `/v1/admin`; there only where an operator token is configured. */
@Module({
  imports: [OrganizationsModule, UsersModule],
  controllers: [OperatedOrganizationsController, OperatedUsersController],
})
export class OperatorsModule {}
