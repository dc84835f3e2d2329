import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config.js';
import { layFoundation, type Foundation } from '../foundation.js';
import { Log } from '../operations/log.js';

/**
 * Does some work with all that the server is made of, but for HTTP, read models and mails: those belong to a running
 * server, which may be at work beside.
 */
export async function withApplication<T>(
  work: (app: INestApplicationContext, foundation: Foundation) => Promise<T>,
): Promise<T> {
  const config = readConfig();
  const log = new Log('error');
  const foundation = await layFoundation(config, log, true);
  try {
    const app = await NestFactory.createApplicationContext(AppModule.on(foundation), {
      logger: log,
      abortOnError: false,
    });
    try {
      return await work(app, foundation);
    } finally {
      await app.close();
    }
  } finally {
    await foundation.close();
  }
}
