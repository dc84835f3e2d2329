/** Where people reach this deployment. A class, so that it is its own injection token. */
export class Site {
  /** Without a slash at the end. In a demonstration without PUBLIC_URL it is known once the server listens. */
  url: string;
  /** https: cookies are `__Host-` ones. */
  readonly secure: boolean;

  constructor({ publicUrl, host, port }: { publicUrl: string | undefined; host: string; port: number }) {
    this.url = publicUrl ?? `http://${host}:${port}`;
    this.secure = this.url.startsWith('https:');
  }
}
