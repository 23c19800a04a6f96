import { comparedEndpoints } from './endpoints.ts';
import { knownDifferences } from './known-differences/index.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const notHere: readonly (readonly [what: string, why: string])[] = [
  [
    'traces and `/v1/traces`, assessments, scorers, evaluation data sets, issues, label schemas, review queues',
    'Observing programs that call language models is not built yet.',
  ],
  ['the gateway, the registry of MCP servers, jobs, the assistant, optimising of prompts', 'Neither is calling them.'],
  [
    '`/graphql`, `runs/create-promptlab-run`, `gateway-proxy`, `ui-telemetry`',
    'Only MLflow’s own console asks for them; this server has a console of its own.',
  ],
  [
    '`/signup`, `users/create-ui`',
    'A form by which an admin makes users. Use the console, `millwright users create`, or `users/create`.',
  ],
];

/** What one generated request after the other does not show. */
const besides: readonly (readonly [what: string, why: string])[] = [
  [
    'Pages of other addresses may not call the server, those of this machine neither; it sends no headers of CORS.',
    'MLflow lets every page of `localhost` read and write.',
  ],
  [
    'A server for this machine only answers under its loopback names, and under what `--public-hosts` adds.',
    'MLflow also answers under the addresses of private networks.',
  ],
  [
    'An experiment comes back from the trash with the runs that went with it.',
    'MLflow also brings back those that were deleted for themselves before.',
  ],
  [
    'The tag `mlflow.runName` is the name of the run, and is there as long as the run is.',
    'MLflow deletes the tag and keeps the name.',
  ],
  [
    'No experiment has its files, and no model version its source, at a place whose scheme names a host, as `hdfs`, `abfss`, `r2` or `b2`.',
    'MLflow refuses them too, unless an environment variable allows the scheme.',
  ],
];

/** `docs/reference/mlflow.md`. */
export const referencePage = (versions: readonly string[]): string =>
  [
    '# MLflow’s interface',
    '',
    '<!-- Made from interop/mlflow/differential. Change it there, then run the tests with -u. -->',
    '',
    'MLflow’s clients work unchanged: set `MLFLOW_TRACKING_URI` to the address of the server. The tests run the clients',
    `${versions.join(', ')} against it, and send the same generated requests, right ones and wrong ones, to it and to the`,
    `real MLflow ${versions[0]}. What they compare is the status, the error code, the message, the media type and the whole`,
    'body. Accounts, permissions and workspaces are told of in [the guide](../guide/mlflow.md).',
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
    'And, where no generated request shows it:',
    '',
    '| here | why not as MLflow does |',
    '| --- | --- |',
    ...besides.map(([what, why]) => `| ${what} | ${why} |`),
    '',
    '## What is not here',
    '',
    'These answer 404 with a page, as a server without them does; clients fall back, or say that there is no such endpoint.',
    '',
    '| not here | why |',
    '| --- | --- |',
    ...notHere.map(([what, why]) => `| ${what} | ${why} |`),
    '',
  ].join('\n');
