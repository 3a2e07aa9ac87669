import { Module } from '@nestjs/common';
import { SigningKeysModule } from '../signing-keys/signing-keys.module.js';
import { AccessTokensService } from './access-tokens.service.js';
import { BearerStrategy } from './bearer.strategy.js';
import { ClientUsageRecorder } from './client-usage-recorder.js';
import { JwtTokens } from './jwt-tokens.js';
import { OpaqueTokens } from './opaque-tokens.js';
import { ReusableTokens } from './reusable-tokens.js';
import { TokenIssuanceService } from './token-issuance.service.js';
import { TokenLookUps } from './token-look-ups.js';
import { TokenMint } from './token-mint.js';
import { TokenPartitionKeeper } from './token-partition-keeper.js';
import { TokenPartitions } from './token-partitions.js';
import { TokenQuotas } from './token-quotas.js';
import { TokenReader } from './token-reader.js';
import { TokenRecords } from './token-records.js';
import { TokenRights } from './token-rights.js';

/** Access tokens, opaque and signed: issued, recognised, ended. */
@Module({
  imports: [SigningKeysModule],
  providers: [
    AccessTokensService,
    BearerStrategy,
    ClientUsageRecorder,
    JwtTokens,
    OpaqueTokens,
    ReusableTokens,
    TokenIssuanceService,
    TokenLookUps,
    TokenMint,
    TokenPartitionKeeper,
    TokenPartitions,
    TokenQuotas,
    TokenReader,
    TokenRecords,
    TokenRights,
  ],
  exports: [AccessTokensService, BearerStrategy, TokenIssuanceService],
})
export class TokensModule {}
