/**
 * The whole server with one kind of work added, of which every step leaves a trace in the audit trail: accepted by
 * request, done by a job, delivered by an event, and due by a schedule.
 */
import type { ChangeContext } from '#platform/change';
import { systemClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { createApp } from '../app.ts';

const flags = Object.fromEntries(
  process.argv.slice(2).flatMap((word, index, words) => (index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [])),
);
const { config } = loadConfig({ flags });
const log = createLog({ level: 'warn', clock: systemClock, write: (line) => process.stderr.write(line) });
const app = await createApp({ config, log, staticDir: null });
const { platform } = app;
const context: ChangeContext = { actor: { id: 'test', name: 'test' }, project: 'default', requestId: 'test' };
const trace = (verb: string, resourceId: string) => ({ verb, resourceType: 'work', resourceId });

platform.jobs.handle('test.work', async (job) => {
  const name = String(job.payload['name']);
  await job.finish(async (change) => {
    change.audit(trace('work.done', name));
    change.emit('experiments.run-ended', name);
  });
});
platform.jobs.handle('test.due', (job) =>
  job.finish(async (change) => change.audit(trace('work.due', String(job.payload['dueAt'])))),
);
platform.events.subscribe('experiments.run-ended', 'test.deliver', (event) =>
  platform.changes.change(context, async (change) => change.audit(trace('work.delivered', event.subjectId))),
);
const accept = async (name: string): Promise<{ name: string }> => {
  await platform.changes.change(context, async (change) => {
    change.audit(trace('work.accepted', name));
    change.enqueue('test.work', { name });
  });
  platform.jobs.wake();
  return { name };
};
app.api.app.post('/test/work/:name', (request) => accept((request.params as { name: string }).name));
const everyMinute = {
  key: 'test.due',
  project: 'default',
  cron: '* * * * *',
  timeZone: 'UTC',
  jobKind: 'test.due',
  payload: {},
};
// As if it had been set a minute ago: due now.
const schedule = async (): Promise<Record<string, never>> => {
  await platform.changes.change(context, (change) =>
    platform.scheduler.put({ ...change, now: change.now - 60_000 }, everyMinute),
  );
  return {};
};
app.api.app.post('/test/schedule', () => schedule());
process.stdout.write(`ready: ${await app.listen()}\n`);
process.once('SIGTERM', () => void app.close());
