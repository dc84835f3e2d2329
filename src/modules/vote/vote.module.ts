import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../../config.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { Metrics } from '../../operations/metrics.js';
import { Database } from '../../storage/database.js';
import { AcknowledgementKey } from '../../vault/acknowledgement-key.js';
import { AddedCredentials } from '../../vault/added-credentials.js';
import { VaultKeys } from '../../vault/keys.js';
import { RegisterKeys } from '../../vault/register-keys.js';
import { BallotThreads } from './ballot-threads.js';
import { BoxReader } from './box-reader.js';
import { defaultPace } from './box-writer.js';
import { BoxWriters } from './box-writers.js';
import { BoxRequests } from './box-requests.js';
import { BoxController } from './box.controller.js';
import { BoxPages } from './box.pages.js';
import { Casting } from './casting.js';
import { SealedLists } from './sealed-lists.js';
import { BallotChecks, VerificationLine } from './verification-line.js';
import { VoteController } from './vote.controller.js';
import { voteHandlers } from './vote.handlers.js';

const ROOM = 500; // ballots of one scrutin that may wait to be verified: about two seconds of one core

/** The box and its register: from a verified ballot to one event for many votes (F76 to F82, design 3). */
@Module({})
export class VoteModule {
  static with(
    config: Pick<Config, 'verificationThreads' | 'verifier' | 'batchWait' | 'thinBatchWait'>,
  ): DynamicModule {
    const { verificationThreads: threads, verifier } = config;
    const pace = { ...defaultPace, wait: config.batchWait, thinWait: config.thinBatchWait };
    return {
      module: VoteModule,
      controllers: [VoteController, BoxController, BoxPages],
      providers: [
        ...voteHandlers,
        ...[BoxReader, BoxRequests, Casting, SealedLists],
        { provide: BallotChecks, useFactory: () => new BallotThreads(threads, verifier) },
        {
          provide: VerificationLine,
          inject: [BallotChecks],
          // Two for each thread: it finds the next ballot when it has done with one.
          useFactory: (checks: BallotChecks) => new VerificationLine(checks, 2 * threads, ROOM),
        },
        {
          provide: BoxWriters,
          inject: [Ledger, Clock, BoxReader, Metrics],
          useFactory: (ledger: Ledger, clock: Clock, reader: BoxReader, metrics: Metrics) =>
            new BoxWriters({
              ...{ ledger, clock, pace },
              look: (scrutinId, votes) => reader.look(scrutinId, votes),
              onBatch: (thin) => {
                metrics.batchWritten(thin);
              },
            }),
        },
        {
          provide: RegisterKeys,
          inject: [VaultKeys],
          useFactory: (keys: VaultKeys) => new RegisterKeys(keys),
        },
        {
          provide: AcknowledgementKey,
          inject: [VaultKeys],
          useFactory: (keys: VaultKeys) => new AcknowledgementKey(keys),
        },
        {
          provide: AddedCredentials,
          inject: [Database],
          useFactory: (database: Database) => new AddedCredentials(database),
        },
      ],
    };
  }
}
