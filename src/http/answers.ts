import type { Request, Response } from 'express';

/**
 * express-session writes a session while the answer is leaving: a browser that follows a redirect at its headers, or asks
 * for a picture in the middle of a page, may come before it. So what a page changed is written before the page is sent.
 */
function written({ session }: Request): Promise<void> {
  const kept = session as Request['session'] | undefined; // undefined once it was ended
  if (kept === undefined) return Promise.resolve();
  return new Promise((resolve, reject) => {
    kept.save((error: Error | null) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Sends a page. */
export async function sendPage(
  request: Request,
  response: Response,
  html: string,
  status = 200,
): Promise<void> {
  await written(request);
  response.status(status).type('html').send(html);
}

/** Leads on after a form, by a GET: a reload repeats nothing. */
export async function seeOther(request: Request, response: Response, path: string): Promise<void> {
  await written(request);
  response.redirect(303, path);
}
