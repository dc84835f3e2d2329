import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../http/access.guard.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** For those who run the service: whether it lives, whether it can work, what it counts. A proxy keeps it from the public. */
@ApiExcludeController()
@Controller()
export class OperationsController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  /** 200 for as long as the process answers at all. */
  @Public()
  @Get('health/live')
  live(): { status: 'alive' } {
    return { status: 'alive' };
  }

  /** 200 when requests may be sent here, for a proxy; 503 otherwise. */
  @Public()
  @Get('health/serving')
  async serving(@Res({ passthrough: true }) response: Response) {
    const problems = await this.readiness.problems('serving');
    if (Object.keys(problems).length === 0) return { status: 'serving' };
    response.status(503);
    return { status: 'not serving', problems };
  }

  /** 200 when all of it works; 503 with the reasons otherwise, for operators. */
  @Public()
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) response: Response) {
    const problems = await this.readiness.problems();
    if (Object.keys(problems).length === 0) return { status: 'ready' };
    response.status(503);
    return { status: 'not ready', problems };
  }

  @Public()
  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
