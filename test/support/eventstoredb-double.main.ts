import { EventStoreDbDouble } from './eventstoredb-double.js';

// The test double as a process of its own, for benchmarks: compile with swc, then `node eventstoredb-double.main.js
// [port] [latency in ms]`. Prints its connection string once it listens, and ends on SIGTERM or SIGINT.
const [port = '0', latency = '0'] = process.argv.slice(2);
const double = new EventStoreDbDouble({ port: Number(port), latency: Number(latency) });
await double.start();
console.log(double.url);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void double.stop());
