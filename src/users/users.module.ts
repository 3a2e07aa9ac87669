import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { Session } from './sessions/session.entity.js';
import { SessionStrategy } from './sessions/session.strategy.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { ExternalIdentitiesService } from './external/external-identities.service.js';
import { ExternalIdentity } from './external/external-identity.entity.js';
import { ExternalSessionStrategy } from './external/external-session.strategy.js';
import { ExternalTokens } from './external/external-tokens.js';
import { IssuerKeys } from './external/issuer-keys.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([ExternalIdentity, Session, User]), AuditModule],
  controllers: [SessionsController, UsersController],
  providers: [
    ExternalIdentitiesService,
    ExternalSessionStrategy,
    ExternalTokens,
    IssuerKeys,
    PasswordsService,
    SessionStrategy,
    SessionsService,
    UsersService,
  ],
  exports: [
    ExternalSessionStrategy,
    PasswordsService,
    SessionStrategy,
    SessionsService,
    UsersService,
  ],
})
export class UsersModule {}
