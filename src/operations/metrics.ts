import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What this process counts, in a registry of its own. No label ever holds an id, an address or a concrete URL. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly appended = new Counter({
    name: 'isoloir_events_appended_total',
    help: 'Events appended to the ledger by this instance.',
    registers: [this.registry],
  });
  private readonly lag = new Gauge({
    name: 'isoloir_projection_lag_seconds',
    help: 'How far each read model is behind the ledger.',
    labelNames: ['projection'],
    registers: [this.registry],
  });
  private readonly batches = new Counter({
    name: 'isoloir_vote_batches_total',
    help: 'Batches of votes appended by this instance; thin ones have fewer votes than hide well.',
    labelNames: ['thin'],
    registers: [this.registry],
  });
  private readonly requests = new Histogram({
    name: 'isoloir_http_request_seconds',
    help: 'Time to answer a request, by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25],
    registers: [this.registry],
  });

  private readonly alarm = new Gauge({
    name: 'isoloir_integrity_alarm',
    help: '1 while ledger, log and box contradict one another.',
    registers: [this.registry],
  });

  private readonly software = new Gauge({
    name: 'isoloir_software_differs',
    help: 'Boards between seal and results for which other software counts than this instance runs.',
    registers: [this.registry],
  });

  private readonly reassorts = new Gauge({
    name: 'isoloir_reassorts_unusual',
    help: 'Open scrutins with unusually many réassorts, as the instance that keeps the timetable counts; 0 on the others.',
    registers: [this.registry],
  });

  private readonly disputed = new Counter({
    name: 'isoloir_ballots_disputed_total',
    help: 'Ballots in a box that the second verification refuses: more than 0 stops a freeze.',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  eventsAppended(count: number): void {
    this.appended.inc(count);
  }

  /** Not how many votes it had: turnout is for the board alone. */
  batchWritten(thin: boolean): void {
    this.batches.inc({ thin: String(thin) });
  }

  integrityAlarm(raised: boolean): void {
    this.alarm.set(raised ? 1 : 0);
  }

  softwareDiffers(boards: number): void {
    this.software.set(boards);
  }

  unusualReassorts(scrutins: number): void {
    this.reassorts.set(scrutins);
  }

  ballotsDisputed(count: number): void {
    this.disputed.inc(count);
  }

  projectionLag(projection: string, seconds: number): void {
    this.lag.set({ projection }, seconds);
  }

  /** `route` is the pattern of the route. */
  requestAnswered(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  /** All of it in the text format of Prometheus. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  readonly contentType = this.registry.contentType;
}
