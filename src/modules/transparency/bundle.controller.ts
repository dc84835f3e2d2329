import { Controller, Get, Headers, NotFoundException, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { BundleWriter, emptyState, type BundleKind, type BundleSource } from '../../bundle/bundle-lines.js';
import { exportBundle, NothingSigned } from '../../bundle/export-bundle.js';
import { Documents } from '../../documents/documents.js';
import { Public, Staff } from '../../http/access.guard.js';
import { EventStore, type Position } from '../../ledger/event-store.js';
import { SharedRoad } from '../../ledger/giving-way.js';
import { Busy } from '../../ledger/refusal.js';
import { Transparency } from '../../transparency/transparency.js';

class FollowQuery {
  /** What the last event read had as its id; from the beginning without it. */
  @IsOptional()
  @Matches(/^[0-9A-Za-z:._-]{1,100}$/, { message: 'after: the id of an event of this feed' })
  after?: string;
}

const AT_MOST = 50; // downloads at a time

/** Bundles for `isoloir audit`, and the ledger as it grows for auditors (F101, F103). */
@ApiTags('audit')
@Controller()
export class BundleController {
  private readonly source: BundleSource;
  private readonly road = new SharedRoad();
  private downloads = 0;

  constructor(
    private readonly store: EventStore,
    documents: Documents,
    { signer }: Transparency,
  ) {
    this.source = { store, documents, origin: signer.origin, key: signer.vkey };
  }

  /** Everything that is public, up to the last signed root. */
  @Public()
  @Get('transparence/dossier')
  @ApiOperation({ summary: 'The public bundle: what isoloir audit checks' })
  @ApiOkResponse({ description: 'JSON lines, as docs/audit.md describes them' })
  bundle(@Res({ passthrough: true }) response: Response): Promise<StreamableFile> {
    return this.stream('public', response);
  }

  @Staff('auditor')
  @Get('api/audit/bundle')
  @ApiOperation({ summary: 'The bundle of an auditor, with the streams of electors and open boxes' })
  @ApiOkResponse({ description: 'JSON lines, as docs/audit.md describes them' })
  auditorBundle(@Res({ passthrough: true }) response: Response): Promise<StreamableFile> {
    return this.stream('auditor', response);
  }

  /** Server-sent events: lines of an auditor's bundle as they come. Goes on after `Last-Event-ID` or `after`. */
  @Staff('auditor')
  @Get('api/audit/events')
  @ApiOperation({ summary: 'The ledger as it grows, as server-sent events' })
  @ApiOkResponse({ description: 'Each message is a line of a bundle; its id is where to go on from' })
  async follow(
    @Query() { after }: FollowQuery,
    @Headers('last-event-id') last: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const gone = new AbortController();
    const end = () => {
      gone.abort();
    };
    request.once('close', end);
    const stopping = setInterval(() => {
      if (!response.shouldKeepAlive) end(); // a server that stops waits for nobody who follows
    }, 500);
    response.once('close', () => {
      clearInterval(stopping);
    });
    response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    const writer = new BundleWriter('auditor', this.source, emptyState());
    const from = (last ?? after) as Position | undefined;
    for await (const page of this.store.subscribe(from, gone.signal)) {
      for (const stored of page) {
        for await (const line of writer.event(stored)) {
          if (!response.write(`data: ${line}`)) await drained(response, gone.signal);
        }
        response.write(`id: ${stored.position}\n\n`);
      }
    }
    response.end();
  }

  /** Pages are made one at a time for all who read: many downloads take no more of the thread than one. */
  private async stream(kind: BundleKind, response: Response): Promise<StreamableFile> {
    if (this.downloads >= AT_MOST) throw new Busy(1, 30);
    const pages = exportBundle(kind, this.source);
    const next = () => this.road.step(() => pages.next());
    const first = await next().catch((error: unknown) => {
      if (error instanceof NothingSigned) throw new NotFoundException(error.message);
      throw error;
    });
    const texts = async function* () {
      if (first.done) return;
      yield first.value.text;
      for (let page = await next(); !page.done; page = await next()) yield page.value.text;
    };
    this.downloads += 1;
    response.once('close', () => {
      this.downloads -= 1;
    });
    return new StreamableFile(Readable.from(texts()), {
      type: 'application/jsonl; charset=utf-8',
      disposition: `attachment; filename="isoloir-${kind}.jsonl"`,
    });
  }
}

/** Waits until whoever reads has taken what was written, or is gone. */
function drained(response: Response, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      resolve();
    };
    response.once('drain', done);
    gone.addEventListener('abort', done, { once: true });
  });
}
