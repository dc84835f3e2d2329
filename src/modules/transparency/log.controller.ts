import { Controller, Get, Header, NotFoundException, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { parseTilePath, tileWidth } from '../../crypto/tiles.js';
import { Public } from '../../http/access.guard.js';
import { Transparency } from '../../transparency/transparency.js';

/** The transparency log as files (c2sp.org/tlog-tiles), for whoever mirrors, monitors or witnesses it. */
@ApiExcludeController()
@Controller('transparence')
export class LogController {
  constructor(private readonly transparency: Transparency) {}

  /** The newest signed root. */
  @Public()
  @Get('checkpoint')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('Cache-Control', 'no-cache')
  async checkpoint(): Promise<string> {
    const latest = await this.transparency.checkpoints.latest();
    if (!latest) throw new NotFoundException();
    return latest.note;
  }

  /** The key that signs roots, as `name+id+key`. */
  @Public()
  @Get('cle')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  key(): string {
    return `${this.transparency.signer.vkey}\n`;
  }

  /** A tile never changes; one that a checkpoint does not speak of yet is not there. */
  @Public()
  @Get('tile/*path')
  async tile(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const id = parseTilePath(request.path.replace('/transparence/', ''));
    const { size = 0 } = (await this.transparency.checkpoints.latest()) ?? {};
    // What grows between two roots would say to the second when somebody voted.
    const bytes =
      id && id.width <= tileWidth(id.level, id.index, size) && (await this.transparency.log.tile(id));
    if (!bytes) throw new NotFoundException();
    response.set('Cache-Control', 'public, max-age=31536000, immutable');
    return new StreamableFile(bytes, { type: 'application/octet-stream', length: bytes.length });
  }
}
