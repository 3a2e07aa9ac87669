import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../../audit/audit.module.js';
import { OAuthClient } from '../clients/oauth-client.entity.js';
import { AssertionProofs } from './assertion-proofs.js';
import { AuthenticationOutcomes } from './authentication-outcomes.js';
import { BasicStrategy } from './basic.strategy.js';
import { ClientAuthenticationService } from './client-authentication.service.js';
import { ClientDirectory } from './client-directory.js';
import { ClientKeys } from './client-keys.js';
import { ClientProofs } from './client-proofs.js';
import { ClientUseRecorder } from './client-use-recorder.js';
import { FormStrategy } from './form.strategy.js';
import { PublishedKeys } from './published-keys.js';
import { SecretProofs } from './secret-proofs.js';
import { UsedAssertion } from './used-assertion.entity.js';
import { UsedAssertions } from './used-assertions.js';

/** How clients prove who they are: secrets by header or form, or what they sign. */
@Module({
  imports: [AuditModule, TypeOrmModule.forFeature([OAuthClient, UsedAssertion])],
  providers: [
    AssertionProofs,
    AuthenticationOutcomes,
    BasicStrategy,
    ClientAuthenticationService,
    ClientDirectory,
    ClientKeys,
    ClientProofs,
    ClientUseRecorder,
    FormStrategy,
    PublishedKeys,
    SecretProofs,
    UsedAssertions,
  ],
  exports: [AssertionProofs, BasicStrategy, FormStrategy],
})
export class AuthenticationModule {}
