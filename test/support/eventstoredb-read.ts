import type { ServerWritableStream } from '@grpc/grpc-js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { DoubleLog, Recorded } from './eventstoredb-log.js';

type Call = ServerWritableStream<ReadReq, ReadResp>;

/** The call Read: a stream or all streams, either way, once; or all streams for ever (a subscription). */
export async function read(log: DoubleLog, call: Call): Promise<void> {
  const options = call.request.getOptions();
  if (!options) return;
  const pace = paced(call);
  const all = options.getAll();
  if (options.hasSubscription()) {
    if (!all) throw new Error('the double subscribes to $all only');
    await subscription(log, pace, options);
    return;
  }
  const name = Buffer.from(options.getStream()?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
  const events = all ? log.all : log.stream(name);
  if (events) await once(pace, events, startOf(log, options, events.length), options);
  else await pace.write(notFound(name));
  call.end();
}

/** Where a read starts: the index of its first event in the list that it reads. */
function startOf(log: DoubleLog, options: ReadReq.Options, length: number): number {
  const backwards = options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
  const [stream, all] = [options.getStream(), options.getAll()];
  if (stream?.hasStart() || all?.hasStart()) return 0;
  if (stream?.hasEnd() || all?.hasEnd()) return backwards ? length - 1 : length;
  const position = all?.getPosition()?.getCommitPosition();
  if (position !== undefined) return log.indexOf(BigInt(position)) - (backwards ? 1 : 0);
  const revision = Number(stream?.getRevision());
  return backwards ? Math.min(revision, length - 1) : revision;
}

async function once(
  pace: Pace,
  events: readonly Recorded[],
  start: number,
  options: ReadReq.Options,
): Promise<void> {
  const backwards = options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
  const matches = filterOf(options);
  const end = events.length; // a read ends where the list ended when it began
  let left = Number(options.getCount());
  for (let i = start; i >= 0 && i < end && left > 0 && !pace.over(); i += backwards ? -1 : 1) {
    const event = events[i];
    if (!event || !matches(event)) continue;
    left--;
    await pace.write(eventResponse(event));
  }
}

/** Confirms, catches up after the position (exclusive), says so, then sends what is appended, at the reader's pace. */
async function subscription(log: DoubleLog, pace: Pace, options: ReadReq.Options): Promise<void> {
  const all = options.getAll();
  const position = all?.getPosition()?.getCommitPosition();
  let next = all?.hasEnd() ? log.all.length : position === undefined ? 0 : log.indexOf(BigInt(position) + 1n);
  const matches = filterOf(options);
  const window = 32 * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
  let [live, unmatched] = [false, 0];
  let changed: () => void = () => undefined;
  const unwatch = log.watch(() => {
    changed();
  });
  pace.whenOver(() => {
    changed();
  });
  const confirmation = new streamsPb.ReadResp.SubscriptionConfirmation().setSubscriptionId('double');
  await pace.write(new streamsPb.ReadResp().setConfirmation(confirmation));
  while (!pace.over()) {
    const event = log.all[next];
    if (event) {
      next++;
      if (matches(event)) await pace.write(eventResponse(event));
      else if (++unmatched % window === 0) await pace.write(checkpoint(event));
    } else {
      if (!live) await pace.write(new streamsPb.ReadResp().setCaughtUp(new streamsPb.ReadResp.CaughtUp()));
      live = true;
      await new Promise<void>((resolve) => {
        changed = resolve;
        if (pace.over() || next < log.all.length) resolve();
      });
    }
  }
  unwatch();
}

/** Writes that wait while the reader has more than it takes, and end when it has gone. */
interface Pace {
  write(response: ReadResp): Promise<void>;
  over(): boolean;
  whenOver(then: () => void): void;
}

function paced(call: Call): Pace {
  let over = call.cancelled;
  let drained: () => void = () => undefined; // one listener for each event of the call: waiting must not add more
  const listeners: (() => void)[] = [];
  const end = () => {
    over = true;
    drained();
    for (const then of listeners) then();
  };
  call.on('drain', () => {
    drained();
  });
  call.on('cancelled', end).on('close', end).on('error', end);
  return {
    over: () => over || call.cancelled,
    whenOver: (then) => listeners.push(then),
    async write(response) {
      if (over || call.write(response)) return;
      await new Promise<void>((resolve) => {
        drained = resolve;
        if (over || call.cancelled) resolve();
      });
    },
  };
}

function filterOf(options: ReadReq.Options): (event: Recorded) => boolean {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const byStream = filter.getStreamIdentifier();
  const expression = byStream ?? filter.getEventType();
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex()) : undefined;
  const prefixes = expression?.getPrefixList() ?? [];
  return (event) => {
    const text = byStream ? event.stream : event.type;
    return regex ? regex.test(text) : prefixes.some((prefix) => text.startsWith(prefix));
  };
}

function eventResponse(event: Recorded): ReadResp {
  const recorded = new streamsPb.ReadResp.ReadEvent.RecordedEvent()
    .setId(new sharedPb.UUID().setString(event.id))
    .setStreamIdentifier(new sharedPb.StreamIdentifier().setStreamName(Buffer.from(event.stream)))
    .setStreamRevision(String(event.revision))
    .setPreparePosition(String(event.position))
    .setCommitPosition(String(event.position))
    .setCustomMetadata(event.metadata)
    .setData(event.data);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', '638000000000000000'); // .NET ticks
  const readEvent = new streamsPb.ReadResp.ReadEvent()
    .setEvent(recorded)
    .setCommitPosition(String(event.position));
  return new streamsPb.ReadResp().setEvent(readEvent);
}

function checkpoint({ position }: Recorded): ReadResp {
  const at = new streamsPb.ReadResp.Checkpoint()
    .setCommitPosition(String(position))
    .setPreparePosition(String(position));
  return new streamsPb.ReadResp().setCheckpoint(at);
}

function notFound(name: string): ReadResp {
  const identifier = new sharedPb.StreamIdentifier().setStreamName(Buffer.from(name));
  return new streamsPb.ReadResp().setStreamNotFound(
    new streamsPb.ReadResp.StreamNotFound().setStreamIdentifier(identifier),
  );
}
