import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream, ServerUnaryCall } from '@grpc/grpc-js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import type * as pb from '@eventstore/db-client/generated/streams_pb.js';
import { append, batchAppend } from './eventstoredb-append.js';
import { DoubleLog } from './eventstoredb-log.js';
import { read } from './eventstoredb-read.js';

export interface DoubleOptions {
  /** 0, the default, takes a free one and keeps it over `stop` and `start`. */
  readonly port?: number;
  /** PEM texts: the double then speaks TLS only. */
  readonly tls?: { readonly key: Buffer; readonly certificate: Buffer };
  /** Answers to appends are held for so long, in milliseconds. */
  readonly latency?: number;
}

/**
 * A test double of EventStoreDB, not EventStoreDB: it speaks enough of the gRPC protocol of version 24 for the unmodified
 * client (append, batch append, read, subscribe to $all, gossip of one node), keeps events in memory, and follows the
 * server's rules for expected revisions and retried ids as its sources state them. It proves that our adapter and the
 * client work together over a real connection; only a real server proves what the server does (`TEST_EVENTSTORE_URL`).
 */
export class EventStoreDbDouble {
  readonly log = new DoubleLog();
  /** Values of the authorization header, one for each call that had one. */
  readonly authorizations: string[] = [];
  /** While true, calls are accepted and never answered. */
  silent = false;
  #server: Server | undefined;
  #port: number;

  constructor(private readonly options: DoubleOptions = {}) {
    this.#port = options.port ?? 0;
  }

  get port(): number {
    return this.#port;
  }

  /** The connection string of this double. */
  get url(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=${this.options.tls !== undefined}`;
  }

  async start(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    server.addService(streamsGrpc.StreamsService, this.#streams());
    server.addService(featuresGrpc.ServerFeaturesService, { getSupportedMethods: this.#features() });
    server.addService(gossipGrpc.GossipService, { read: this.#gossip() });
    this.#port = await new Promise<number>((resolve, reject) => {
      const { tls } = this.options;
      const credentials = tls
        ? ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }])
        : ServerCredentials.createInsecure();
      server.bindAsync(`127.0.0.1:${this.#port}`, credentials, (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
    this.#server = server;
  }

  /** Cuts every connection and stops listening. The events stay. */
  stop(): Promise<void> {
    this.#server?.forceShutdown();
    this.#server = undefined;
    return Promise.resolve();
  }

  #streams() {
    return {
      append: (
        call: ServerReadableStream<pb.AppendReq, pb.AppendResp>,
        answer: sendUnaryData<pb.AppendResp>,
      ) => {
        if (this.#answers(call)) append(this.log, call, answer);
      },
      batchAppend: (call: ServerDuplexStream<pb.BatchAppendReq, pb.BatchAppendResp>) => {
        const answering = this.#answers(call);
        call.on('error', () => undefined).on('drain', () => call.resume());
        call.on('end', () => {
          call.end();
        });
        const send = (response: pb.BatchAppendResp) => {
          if (!answering || this.silent || call.cancelled) return;
          if (!call.write(response)) call.pause();
        };
        const { latency = 0 } = this.options;
        batchAppend(
          this.log,
          call,
          latency > 0 ? (response) => void setTimeout(send, latency, response) : send,
        );
      },
      read: (call: ServerWritableStream<pb.ReadReq, pb.ReadResp>) => {
        if (!this.#answers(call)) return;
        read(this.log, call).catch((error: unknown) => call.destroy(error as Error));
      },
      delete: unsupported,
      tombstone: unsupported,
    };
  }

  #answers(call: { metadata: { get(name: string): unknown[] } }): boolean {
    this.authorizations.push(...call.metadata.get('authorization').map(String));
    return !this.silent;
  }

  #features() {
    return (_: ServerUnaryCall<Empty, SupportedMethods>, answer: sendUnaryData<SupportedMethods>) => {
      if (this.silent) return;
      const methods = ['append', 'batchappend', 'read'].map((name) =>
        new featuresPb.SupportedMethod()
          .setServiceName('event_store.client.streams.streams')
          .setMethodName(name),
      );
      answer(
        null,
        new featuresPb.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('24.10.0'),
      );
    };
  }

  #gossip() {
    return (_: ServerUnaryCall<Empty, ClusterInfo>, answer: sendUnaryData<ClusterInfo>) => {
      if (this.silent) return;
      const member = new gossipPb.MemberInfo()
        .setState(gossipPb.MemberInfo.VNodeState.LEADER)
        .setIsAlive(true)
        .setHttpEndPoint(new gossipPb.EndPoint().setAddress('127.0.0.1').setPort(this.#port));
      answer(null, new gossipPb.ClusterInfo().setMembersList([member]));
    };
  }
}

function unsupported(_: unknown, answer: sendUnaryData<never>): void {
  answer({ code: status.UNIMPLEMENTED, details: 'the double does not delete' });
}
