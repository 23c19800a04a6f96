import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { aRegistry } from './fixtures/a-registry.ts';

describe.each(testDatabases)('what versions are made from, on %s', (database) => {
  let test: Awaited<ReturnType<typeof aRegistry>>;
  beforeAll(async () => {
    test = await aRegistry({ database });
  });
  afterAll(() => test.close());

  it('stays for as long as the version', async () => {
    const { ctx, service, experiments } = test;
    const home = await experiments.ensureExperiment(ctx, 'runs');
    const run = await experiments.startRun(ctx, { experiment: home.id });
    const logged = await experiments.createLoggedModel(ctx, {
      experiment: home.number,
      name: 'm',
      sourceRunId: run.id,
    });
    await experiments.putFile(ctx, { root: logged.id, path: 'MLmodel' }, Buffer.from('flavors: {}'), 'text/plain');
    await service.createModel(ctx, { name: 'cards', approval: 'none' });
    const source = { source: 'models:/m', files: { root: logged.id, path: '' } };
    const version = await service.registerSource(ctx, 'cards', source);
    await experiments.setExperimentDeleted(ctx, home.id, true);
    await expect(experiments.purgeExperiment(ctx, home.id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `It cannot be deleted for good: version 1 of the model 'cards' was made from '${logged.id}'. Delete the version first.`,
    });
    await experiments.purgeRun(ctx, run.id);
    await service.deleteVersion(ctx, version.id);
    await experiments.purgeExperiment(ctx, home.id);
    await expect(experiments.findExperiment(ctx, home.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
