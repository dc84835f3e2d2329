import { randomUUID } from 'node:crypto';
import {
  AccessDeniedError,
  convertToCommandError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  UnknownError,
  type EventStoreDBClient,
  type Position as EnginePosition,
} from '@eventstore/db-client';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { WrongRevision, type ExpectedRevision, type NewEvent } from './event-store.js';
import { internals } from './eventstoredb-client.js';

/** The server's answer: the revision of the last event, and where it stands if the server says so. */
export interface Written {
  readonly revision: number;
  readonly position: EnginePosition | undefined;
}

interface Call {
  readonly stream: ClientDuplexStream<BatchAppendReq, BatchAppendResp>;
  /** By correlation id: what the server's answer to one append settles. */
  /** When the server last answered on this call, on the clock of `performance.now`. */
  heard: number;
  readonly waiting: Map<
    string,
    { answer: (response: BatchAppendResp) => void; fail: (error: Error) => void }
  >;
}

type Nothing = Parameters<BatchAppendReq.Options['setAny']>[0];
/** google.protobuf.Empty comes from a package that is not ours; the server's own is the same on the wire. */
const nothing = new sharedPb.Empty() as unknown as Nothing;

/**
 * Appends through the server's BatchAppend call: one call carries the appends of this process, with many in flight,
 * and the server answers each. The client has a function for that, `appendToStream`, but its waiting promises
 * are common to all clients of a process: one lost connection rejects them all, and the answers that still come on
 * another then throw where nobody can catch; nor does it catch its own failed writes. Either ends the process. So
 * the call is made here, with the client's connection, credentials and messages; and the bytes that are stored are
 * the canonical ones, where `appendToStream` would write the JSON of a parsed value.
 */
export class BatchAppender {
  #call: Promise<Call> | undefined;

  constructor(private readonly client: EventStoreDBClient) {}

  /**
   * The server's answer to one append. Throws `WrongRevision`, and the client's error for anything else. Has no time
   * limit; an append that is not waited for any more may still be made.
   */
  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Written> {
    const call = await (this.#call ?? this.#open());
    const correlation = randomUUID();
    const response = await new Promise<BatchAppendResp>((answer, fail) => {
      call.waiting.set(correlation, { answer, fail });
      call.stream.write(request(correlation, stream, expected, events), (error?: Error | null) => {
        if (error) fail(error);
      });
    }).finally(() => call.waiting.delete(correlation));
    const success = response.getSuccess();
    if (!success) throw failure(response, stream, expected);
    const position = success.getPosition();
    return {
      revision: Number(success.getCurrentRevision()),
      position: position && {
        commit: BigInt(position.getCommitPosition()),
        prepare: BigInt(position.getPreparePosition()),
      },
    };
  }

  /**
   * Gives up the call if the server has answered nothing on it since then (on the clock of `performance.now`), so that
   * the next append makes a new one. What waits on it fails, and may have been written.
   */
  dropIfSilent(since: number): void {
    const suspect = this.#call;
    suspect?.then((call) => {
      if (call.heard >= since) return; // slow is not silent
      this.#forget(suspect);
      call.stream.cancel();
    }, ignore);
  }

  #open(): Promise<Call> {
    const opening: Promise<Call> = this.#connect(() => {
      this.#forget(opening);
    });
    this.#call = opening;
    return opening;
  }

  #forget(call: Promise<Call>): void {
    if (this.#call === call) this.#call = undefined;
  }

  /** A new call. `lost` is told when it is over. */
  async #connect(lost: () => void): Promise<Call> {
    const { GRPCStreamCreator, callArguments } = internals(this.client);
    const waiting: Call['waiting'] = new Map();
    const over = (error: Error) => {
      for (const { fail } of waiting.values()) fail(error);
      lost();
    };
    try {
      const stream = await GRPCStreamCreator(streamsGrpc.StreamsClient, 'batchAppend', (client) =>
        client.batchAppend(...callArguments({ requiresLeader: true }, { deadline: Infinity })),
      )();
      const call: Call = { stream, waiting, heard: performance.now() };
      stream.on('data', (response: BatchAppendResp) => {
        call.heard = performance.now();
        waiting.get(response.getCorrelationId()?.getString() ?? '')?.answer(response);
      });
      stream.on('error', (error) => {
        over(convertToCommandError(error));
      });
      stream.on('end', () => {
        over(new Error('the server ended the call'));
      });
      return call;
    } catch (error) {
      lost();
      throw error;
    }
  }
}

function request(
  correlation: string,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): BatchAppendReq {
  const options = new streamsPb.BatchAppendReq.Options().setStreamIdentifier(
    new sharedPb.StreamIdentifier().setStreamName(Buffer.from(stream)),
  );
  if (expected === 'any') options.setAny(nothing);
  else if (expected === 'none') options.setNoStream(nothing);
  else options.setStreamPosition(String(expected));
  return new streamsPb.BatchAppendReq()
    .setCorrelationId(new sharedPb.UUID().setString(correlation))
    .setOptions(options)
    .setProposedMessagesList(events.map(proposal))
    .setIsFinal(true);
}

function proposal({ id, type, data }: NewEvent): BatchAppendReq.ProposedMessage {
  const message = new streamsPb.BatchAppendReq.ProposedMessage()
    .setId(new sharedPb.UUID().setString(id))
    .setData(Buffer.from(data));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message;
}

/** What the server's refusal means. The details are named as in its shared.proto. */
function failure(response: BatchAppendResp, stream: string, expected: ExpectedRevision): Error {
  const status = response.getError();
  const details = status?.getDetails();
  const name = details?.getTypeName() ?? '';
  switch (name) {
    case 'event_store.client.WrongExpectedVersion': {
      const wrong = details?.unpack((bytes) => sharedPb.WrongExpectedVersion.deserializeBinary(bytes), name);
      const actual = wrong?.hasCurrentStreamRevision() ? Number(wrong.getCurrentStreamRevision()) : -1;
      return new WrongRevision(stream, expected, actual);
    }
    case 'event_store.client.MaximumAppendSizeExceeded': {
      const large = details?.unpack(
        (bytes) => sharedPb.MaximumAppendSizeExceeded.deserializeBinary(bytes),
        name,
      );
      return MaxAppendSizeExceededError.fromMaxAppendSize(large?.getMaxappendsize() ?? 0);
    }
    case 'event_store.client.AccessDenied':
      return new AccessDeniedError();
    case 'event_store.client.StreamDeleted':
      return StreamDeletedError.fromStreamName(stream);
    default: // its own time limit, and what it does not know itself
      return new UnknownError(undefined, `${name} ${status?.getMessage() ?? ''}`);
  }
}

function ignore(): void {
  // the failure was given to those who waited
}
