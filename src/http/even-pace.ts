import { setTimeout as sleep } from 'node:timers/promises';

const STEP = 100; // milliseconds

/**
 * Answers, or fails, only at whole steps after the start: what an answer took does not tell whether somebody has an account
 * (F88). The work is the same for everybody to begin with; this hides what is left.
 */
export async function evenly<T>(work: () => Promise<T>, least = STEP): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    const took = performance.now() - began;
    await sleep(Math.max(least, Math.ceil(took / STEP) * STEP) - took);
  }
}
