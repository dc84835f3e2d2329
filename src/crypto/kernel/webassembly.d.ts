/** What we use of the WebAssembly API, which Node.js has as browsers do, but whose types come with a browser's only. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: Record<string, never>): Promise<Instance>;
  function validate(bytes: Uint8Array): boolean;
}
