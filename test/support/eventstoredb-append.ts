import { Metadata, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { UUID, WrongExpectedVersion } from '@eventstore/db-client/generated/shared_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import {
  MAX_APPEND_SIZE,
  type DoubleLog,
  type Expected,
  type Proposed,
  type Written,
} from './eventstoredb-log.js';

/** google.protobuf.Empty comes from a package that is not ours; this one is the same on the wire. */
const nothing = new sharedPb.Empty() as unknown as Parameters<WrongExpectedVersion['setCurrentNoStream']>[0];

type Message = AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage;
type Options = AppendReq.Options | BatchAppendReq.Options;

/** The call Append: one append, its events streamed by the caller, one answer. */
export function append(
  log: DoubleLog,
  call: ServerReadableStream<AppendReq, AppendResp>,
  answer: sendUnaryData<AppendResp>,
): void {
  let options: AppendReq.Options | undefined;
  const events: Proposed[] = [];
  call.on('data', (request: AppendReq) => {
    options ??= request.getOptions();
    const message = request.getProposedMessage();
    if (message) events.push(proposed(message));
  });
  call.on('end', () => {
    if (!options) return;
    const written = log.append(streamName(options), expected(options, options.getRevision()), events);
    if (written.outcome === 'too-large') {
      const metadata = new Metadata();
      metadata.set('exception', 'maximum-append-size-exceeded');
      metadata.set('maximum-append-size', String(MAX_APPEND_SIZE));
      answer({ code: status.INVALID_ARGUMENT, details: 'Maximum append size exceeded.', metadata });
    } else answer(null, appendResponse(written));
  });
}

function appendResponse(written: Exclude<Written, { outcome: 'too-large' }>): AppendResp {
  const response = new streamsPb.AppendResp();
  if (written.outcome === 'written') {
    const position = new streamsPb.AppendResp.Position()
      .setCommitPosition(String(written.last.position))
      .setPreparePosition(String(written.last.position));
    return response.setSuccess(
      new streamsPb.AppendResp.Success()
        .setCurrentRevision(String(written.last.revision))
        .setPosition(position),
    );
  }
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (written.current < 0) wrong.setCurrentNoStream(new sharedPb.Empty());
  else wrong.setCurrentRevision(String(written.current));
  return response.setWrongExpectedVersion(wrong);
}

/** The call BatchAppend: any number of appends on one connection, each with a correlation id. `respond` sends answers. */
export function batchAppend(
  log: DoubleLog,
  call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
  respond: (response: BatchAppendResp) => void,
): void {
  const open = new Map<string, { options: BatchAppendReq.Options; events: Proposed[] }>();
  call.on('data', (request: BatchAppendReq) => {
    const correlation = request.getCorrelationId();
    const key = uuid(correlation);
    const options = request.getOptions();
    if (options) open.set(key, { options, events: [] });
    const batch = open.get(key);
    if (!batch) return;
    batch.events.push(...request.getProposedMessagesList().map(proposed));
    if (!request.getIsFinal()) return;
    open.delete(key);
    const stream = streamName(batch.options);
    const wanted = expected(batch.options, batch.options.getStreamPosition());
    const response = batchResponse(log.append(stream, wanted, batch.events))
      .setCorrelationId(correlation)
      .setStreamIdentifier(batch.options.getStreamIdentifier());
    respond(response);
  });
}

function batchResponse(written: Written): BatchAppendResp {
  const response = new streamsPb.BatchAppendResp();
  switch (written.outcome) {
    case 'written': {
      const position = new sharedPb.AllStreamPosition()
        .setCommitPosition(String(written.last.position))
        .setPreparePosition(String(written.last.position));
      return response.setSuccess(
        new streamsPb.BatchAppendResp.Success()
          .setCurrentRevision(String(written.last.revision))
          .setPosition(position),
      );
    }
    case 'wrong': {
      const wrong = new sharedPb.WrongExpectedVersion();
      if (written.current < 0) wrong.setCurrentNoStream(nothing);
      else wrong.setCurrentStreamRevision(String(written.current));
      return response.setError(
        statusWith('event_store.client.WrongExpectedVersion', wrong.serializeBinary()),
      );
    }
    case 'too-large': {
      const details = new sharedPb.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_SIZE);
      return response.setError(
        statusWith('event_store.client.MaximumAppendSizeExceeded', details.serializeBinary()),
      );
    }
  }
}

/** A google.rpc.Status with one detail, put together by hand: google.protobuf.Any comes from a package that is not ours. */
function statusWith(type: string, detail: Uint8Array): statusPb.Status {
  const any = Buffer.concat([field(1, Buffer.from(`type.googleapis.com/${type}`)), field(2, detail)]);
  return statusPb.Status.deserializeBinary(Buffer.concat([field(2, Buffer.from(type)), field(3, any)]));
}

/** A length-delimited field of a protocol buffer; all here are shorter than 128 bytes times 128. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}

function proposed(message: Message): Proposed {
  const metadata = message.getMetadataMap();
  return {
    id: uuid(message.getId()),
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

function streamName(options: Options): string {
  return Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
}

function expected(options: Options, revision: string): Expected {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'none';
  return options.hasStreamExists() ? 'exists' : Number(revision);
}

function uuid(id: UUID | undefined): string {
  return id?.getString() ?? '';
}
