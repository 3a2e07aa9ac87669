import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { MailModule } from '../mail/mail.module.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { EmailVerificationService } from './email-verification.service.js';
import { MailedLinksService } from './mailed-links/mailed-links.service.js';
import { PasswordChangesService } from './passwords/password-changes.service.js';
import { PasswordResetsService } from './passwords/password-resets.service.js';
import { PasswordsController } from './passwords/passwords.controller.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { KnownDevices } from './sessions/known-devices.js';
import { Session } from './sessions/session.entity.js';
import { SessionEndingsService } from './sessions/session-endings.service.js';
import { SessionLookupService } from './sessions/session-lookup.service.js';
import { SessionStrategy } from './sessions/session.strategy.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { ExternalIdentitiesService } from './external/external-identities.service.js';
import { ExternalIdentity } from './external/external-identity.entity.js';
import { ExternalSessionStrategy } from './external/external-session.strategy.js';
import { ExternalTokens } from './external/external-tokens.js';
import { IssuerKeys } from './external/issuer-keys.js';
import { SignInService } from './sessions/sign-in.service.js';
import { SignInThrottle } from './sessions/sign-in-throttle.js';
import { User } from './user.entity.js';
import { UserSearchService } from './user-search.service.js';
import { UserStandingService } from './user-standing.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([ExternalIdentity, Session, User]), AuditModule, MailModule],
  controllers: [
    EmailVerificationController,
    PasswordsController,
    SessionsController,
    UsersController,
  ],
  providers: [
    EmailVerificationService,
    ExternalIdentitiesService,
    ExternalSessionStrategy,
    ExternalTokens,
    IssuerKeys,
    KnownDevices,
    MailedLinksService,
    PasswordChangesService,
    PasswordResetsService,
    PasswordsService,
    SessionEndingsService,
    SessionLookupService,
    SessionStrategy,
    SessionsService,
    SignInService,
    SignInThrottle,
    UserSearchService,
    UserStandingService,
    UsersService,
  ],
  exports: [
    ExternalIdentitiesService,
    ExternalSessionStrategy,
    PasswordResetsService,
    PasswordsService,
    SessionLookupService,
    SessionStrategy,
    SessionsService,
    UserSearchService,
    UserStandingService,
    UsersService,
  ],
})
export class UsersModule {}
