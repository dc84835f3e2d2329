import { Unavailable } from './refusal.js';

/** What a promise gives, or `Unavailable` when it has not settled in so many milliseconds. */
export async function inTime<T>(limit: number, promise: Promise<T>, whose: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Unavailable(`${whose} did not answer in ${limit} ms`));
    }, limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
