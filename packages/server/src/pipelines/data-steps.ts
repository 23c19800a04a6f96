import { Count, Id, Ref } from '@millwright/contract';
import { Type } from 'typebox';
import type { DataService } from '#data';
import type { PipelinesService } from './service.ts';

/**
 * The steps of the data stage. Data comes before pipelines and cannot register them itself.
 */
export const registerDataSteps = (
  pipelines: Pick<PipelinesService, 'registerStepKind'>,
  data: Pick<DataService, 'latestVersion' | 'checkVersion'>,
): void => {
  pipelines.registerStepKind({
    kind: 'data.latest',
    summary: 'Pins the latest version of a data set for the steps that follow',
    input: Type.Object({ dataset: Ref }, { additionalProperties: false }),
    output: Type.Object({ datasetVersionId: Id, number: Count, rows: Count }),
    async run({ ctx, input }) {
      const version = await data.latestVersion(ctx, input.dataset);
      return {
        state: 'succeeded',
        output: { datasetVersionId: version.id, number: version.number, rows: version.rowCount },
        message: `version ${version.number}, ${version.rowCount} rows`,
      };
    },
  });
  pipelines.registerStepKind({
    kind: 'data.validate',
    summary: 'Runs the checks of a data set on one of its versions; a broken check of severity error ends the run',
    input: Type.Object({ datasetVersionId: Id }, { additionalProperties: false }),
    output: Type.Object({ checks: Count, warnings: Count }),
    async run({ ctx, input, log }) {
      const results = await data.checkVersion(ctx, input.datasetVersionId);
      const broken = results.filter((result) => !result.passed);
      for (const result of broken) log(`${result.severity}: ${result.message}`);
      const errors = broken.filter((result) => result.severity === 'error');
      if (errors.length > 0)
        return {
          state: 'stopped',
          message: `the data breaks ${errors.length} of ${results.length} checks: ${errors.map((result) => result.message).join('; ')}`,
        };
      return {
        state: 'succeeded',
        output: { checks: results.length, warnings: broken.length },
        message: `${results.length} checks hold${broken.length > 0 ? `, ${broken.length} warn` : ''}`,
      };
    },
  });
};
