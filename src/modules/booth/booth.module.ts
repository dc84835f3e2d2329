import { Module } from '@nestjs/common';
import { Backoff } from '../../vault/backoff.js';
import { BoothController } from './booth.controller.js';
import { BoothPages } from './booth.pages.js';
import { Gate } from './gate.js';
import { SealedScrutins } from './sealed-scrutins.js';
import { VotingSpace } from './voting-space.js';

/** Gate and booth: the elector's way to a vote, and the receipts. The vote itself is `CastVote`, of the vote module. */
@Module({
  controllers: [BoothController, BoothPages],
  providers: [Gate, VotingSpace, SealedScrutins, Backoff],
})
export class BoothModule {}
