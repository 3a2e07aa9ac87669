import { Module } from '@nestjs/common';
import { JwksController } from './jwks.controller.js';
import { SigningKeyKeeper } from './signing-key-keeper.js';
import { SigningKeyRotation } from './signing-key-rotation.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeysService } from './signing-keys.service.js';

/** The keys that access tokens are signed with, their rotation, and their public halves. */
@Module({
  controllers: [JwksController],
  providers: [SigningKeyKeeper, SigningKeyRotation, SigningKeysService, SigningKeyStore],
  exports: [SigningKeysService],
})
export class SigningKeysModule {}
