import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { CredentialLookupController } from './credential-lookup.controller.js';
import { CredentialLookupService } from './credential-lookup.service.js';
import { MailRetriesService } from './mail-retries.service.js';
import { OperatedAuditController } from './operated-audit.controller.js';
import { OperatedOrganizationsController } from './operated-organizations.controller.js';
import { OperatedUsersController } from './operated-users.controller.js';
import { OutboxController } from './outbox.controller.js';
import { OwnerInvitationsController } from './owner-invitations.controller.js';
import { StatisticsController } from './statistics.controller.js';
import { StatisticsService } from './statistics.service.js';

/** Internal admin tooling at `/v1/admin`; there only where an operator token is configured. */
@Module({
  imports: [ApiKeysModule, AuditModule, MailModule, OAuthModule, OrganizationsModule, UsersModule],
  controllers: [
    CredentialLookupController,
    OperatedAuditController,
    OperatedOrganizationsController,
    OperatedUsersController,
    OutboxController,
    OwnerInvitationsController,
    StatisticsController,
  ],
  providers: [CredentialLookupService, MailRetriesService, StatisticsService],
})
export class OperatorsModule {}
