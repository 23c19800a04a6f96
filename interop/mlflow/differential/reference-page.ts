import { comparedEndpoints } from './endpoints.ts';
import { knownDifferences } from './known-differences.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** `docs/reference/mlflow.md`. */
export const referencePage = (versions: readonly string[]): string =>
  [
    '# MLflow’s interface',
    '',
    '<!-- Made from interop/mlflow/differential. Change it there, then run the tests with -u. -->',
    '',
    'MLflow’s clients work unchanged: set `MLFLOW_TRACKING_URI` to the address of the server. The tests run the clients',
    `${versions.join(', ')} against it, and send the same generated requests, right ones and wrong ones, to it and to the`,
    `real MLflow ${versions[0]}. What they compare is the status, the error code, the media type and the whole body; not the`,
    'texts of messages. Accounts, permissions and workspaces are told of in [the guide](../guide/mlflow.md).',
    '',
    '## What is compared',
    '',
    'Paths are below `/api/2.0/mlflow/`; each is served below `/ajax-api/2.0/mlflow/` too.',
    '',
    '| | |',
    '| --- | --- |',
    ...Object.entries(comparedEndpoints).map(
      ([group, endpoints]) => `| ${group} | ${endpoints.map((one) => `\`${one}\``).join('<br>')} |`,
    ),
    '',
    '## What differs',
    '',
    'Everything in which the answers differ, and why. Any other difference fails the tests.',
    '',
    '| here | why not as MLflow does |',
    '| --- | --- |',
    ...knownDifferences.map(({ what, why }) => `| ${cell(what)} | ${cell(why)} |`),
    '',
  ].join('\n');
