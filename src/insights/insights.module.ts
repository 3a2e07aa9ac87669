import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ClientsModule } from '../oauth/clients/clients.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { AttentionService } from './attention.service.js';
import { InsightsController } from './insights.controller.js';

/** What an organization gets to see of all of its features at once. */
@Module({
  imports: [ApiKeysModule, ClientsModule, OrganizationsModule],
  controllers: [InsightsController],
  providers: [AttentionService],
})
export class InsightsModule {}
