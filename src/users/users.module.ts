import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { Session } from './sessions/session.entity.js';
import { SessionEndingsService } from './sessions/session-endings.service.js';
import { SessionLookupService } from './sessions/session-lookup.service.js';
import { SessionStrategy } from './sessions/session.strategy.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { User } from './user.entity.js';
import { UserSearchService } from './user-search.service.js';
import { UserStandingService } from './user-standing.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Session, User]), AuditModule],
  controllers: [SessionsController, UsersController],
  providers: [
    PasswordsService,
    SessionEndingsService,
    SessionLookupService,
    SessionStrategy,
    SessionsService,
    UserSearchService,
    UserStandingService,
    UsersService,
  ],
  exports: [
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
