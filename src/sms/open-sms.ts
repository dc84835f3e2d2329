import type { Config } from '../config.js';
import { HttpSmsSender, MemorySmsSender, NoSmsSender, type SmsSender } from './sms-sender.js';

/** The way out for text messages: the gateway of `SMS_URL`; without it, memory in a demonstration, nothing in production. */
export function smsSender({ smsUrl, smsToken, mode }: Config): SmsSender {
  if (smsUrl !== undefined) return new HttpSmsSender(smsUrl, smsToken);
  return mode === 'demonstration' ? new MemorySmsSender() : new NoSmsSender();
}
