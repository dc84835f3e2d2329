/** The kernel, with SIMD and without, put into the script of the workers by esbuild (npm run build). */
declare module 'kernel*.wasm' {
  const content: Uint8Array<ArrayBuffer>;
  // eslint-disable-next-line no-restricted-syntax -- what the binary loader of esbuild makes
  export default content;
}
