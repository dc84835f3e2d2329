import { expect, it, jest } from '@jest/globals';

it('a server without a native libsodium uses the one in WebAssembly', async () => {
  jest.unstable_mockModule('sodium-native', () => {
    throw new Error('no binary for this machine');
  });
  const { serverGroup } = await import('../../../src/crypto/server-groups.js');
  const group = await serverGroup('Ed25519');
  expect(group.backEnd).toBe('libsodium-wrappers-sumo');
  expect(group.print(group.g.exp(1n))).toMatch(/^6{62}58$/);
});
