import type { ExperimentsService, FilePlace } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import type { RegistryService } from '#registry';
import { checkArtifactPath, placeOf } from '../artifacts/artifact-paths.ts';
import { modelIdFromWire, modelIdOnWire, namedRunOnWire, runIdFromWire, runIdOnWire } from '../wire/ids.ts';
import { modelNamed, versionNumbered, versionOfAlias } from './model-names.ts';
import { hostSchemes } from '../wire/host-schemes.ts';
import { filesOfModel, filesOfRun } from '../wire/locations.ts';
import { isPrivateHost } from './private-hosts.ts';
import type { Locations } from '../runs/runs.ts';

/** Where a version comes from, as it is registered. Nothing is ever fetched from there. */
export interface ModelSource {
  source: string;
  files: FilePlace | null;
  downloadUri: string | null;
  /** As clients spell it. */
  run: string | null;
  /** The logged model it is, by its native id. */
  modelId: string | null;
}

export interface NamedSource {
  source: string;
  /** undefined: not named at all, which is not the same as empty. */
  runId: string | undefined;
  modelId: string | undefined;
}

export interface SourceServices {
  experiments: ExperimentsService;
  registry: RegistryService;
  locations: Locations;
}

const maxCharacters = 10_000;

const refuse = (source: string, why: string): never =>
  fail('INVALID_INPUT', `Invalid model version source: '${source.slice(0, 500)}'. ${why}`);
const refuseRelative = (source: string): never =>
  refuse(
    source,
    'If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.',
  );
const refuseUnnamed = (source: string, parameter: 'run_id' | 'model_id'): never =>
  refuse(source, `The ${parameter} request parameter must identify the resource that contains the source.`);

interface Address {
  scheme: string;
  /** Empty where there is none. */
  host: string;
  /** Decoded as often as it was encoded, without a slash at the end. */
  path: string;
}

const decoded = (source: string): string => {
  let text = source;
  for (let times = 0; times < 10; times++) {
    let next: string;
    try {
      next = decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
      return text;
    }
    if (next === text) return text;
    text = next;
  }
  return refuseRelative(source);
};

/** Machines that would be asked, and pages, where others name a store. */
const pages: readonly string[] = [...hostSchemes, 'gopher', 'javascript', 'data', 'jar'];

/** Errors: INVALID_INPUT for files of a machine, pages, hosts that only insiders should ask, and relative addresses. */
const addressOf = (source: string): Address => {
  if (source.length > maxCharacters) refuse(`${source.slice(0, 60)}...`, `The most are ${maxCharacters} characters.`);
  const plain = decoded(source).trimStart();
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(plain)) refuseRelative(source);
  const [, scheme = '', rest = plain] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(plain) ?? [];
  // A single letter is a drive.
  if (scheme.length < 2 || scheme.toLowerCase() === 'file')
    refuse(
      source,
      'To use a local path as a model version source, store its files in the artifacts of a run and name the address they have there.',
    );
  if (plain.split(/[/\\]/).includes('..')) refuseRelative(source);
  const [, authority, tail = rest] = /^\/\/([^/?#\\]*)(.*)$/s.exec(rest) ?? [];
  const host = authority?.slice(authority.lastIndexOf('@') + 1) ?? '';
  const name = scheme.toLowerCase();
  if (pages.includes(name) || (name === 'mlflow-artifacts' && authority))
    fail(
      'INVALID_INPUT',
      `'source' cannot use the '${name}' scheme: it addresses another host, which this server and its clients would have to ask.`,
    );
  if (host !== '' && isPrivateHost(host)) refuse(source, `The host '${host}' can be reached from inside only.`);
  // They smuggle paths past whoever reads the address otherwise. Names of models may hold them.
  if (name !== 'models' && /[?#;]/.test(tail)) refuse(source, 'It may have no query, no fragment and no parameters.');
  const path = tail.replaceAll(/\/+/g, '/').replace(/\/$/, '');
  if (!path.startsWith('/') || path.split('/').includes('.')) refuseRelative(source);
  return { scheme: name, host: authority ?? '', path };
};

type ModelReference = { name: string; suffix: string } | { name: string; alias: string } | { id: string };

/** `models:/<name>/<version|stage|latest>`, `models:/<name>@<alias>` or `models:/<id>`. */
const modelReference = (source: string, { path }: Address): ModelReference => {
  const [name = '', suffix, ...more] = path.slice(1).split('/');
  if (more.length > 0 || name.trim() === '' || suffix?.trim() === '') return refuseUnnamed(source, 'model_id');
  if (suffix !== undefined) return { name, suffix };
  const at = name.lastIndexOf('@');
  if (at < 0) return { id: name };
  const alias = name.slice(at + 1);
  return alias.trim() === '' ? refuseUnnamed(source, 'model_id') : { name: name.slice(0, at), alias };
};

/** A version of another model: this one is the same files under another name. */
const ofVersion = async (
  { registry }: SourceServices,
  ctx: Ctx,
  { source, runId, modelId }: NamedSource,
  reference: { name: string; suffix: string } | { name: string; alias: string },
): Promise<ModelSource> => {
  const model = await modelNamed(registry, ctx, reference.name);
  if (model.tags['mlflow.prompt.is_prompt']?.toLowerCase() === 'true')
    refuse(source, 'Prompt versions cannot be used as model version sources.');
  const version = await ('alias' in reference
    ? versionOfAlias(registry, ctx, reference.name, reference.alias)
    : /^\d+$/.test(reference.suffix)
      ? versionNumbered(registry, ctx, reference.name, Number(reference.suffix))
      : newestIn(registry, ctx, model.id, reference));
  const run = version.namedRun ?? '';
  if ((runId !== undefined && runId !== run) || (modelId !== undefined && modelId !== ''))
    refuse(source, 'The run_id and model_id request parameters must match the referenced model version.');
  const place = await registry.versionPlace(ctx, version.id);
  return {
    source: `models:/${reference.name}/${version.number}`,
    files: place.files,
    downloadUri: downloadUriOf(place),
    run: run === '' ? null : run,
    modelId: null,
  };
};

const newestIn = async (
  registry: RegistryService,
  ctx: Ctx,
  modelId: string,
  { name, suffix }: { name: string; suffix: string },
) => {
  const stage = suffix.toLowerCase();
  const found = (await registry.latestVersions(ctx, [modelId])).filter(
    (version) => stage === 'latest' || version.stage.toLowerCase() === stage,
  );
  return found.at(-1) ?? fail('NOT_FOUND', `No versions of model with name '${name}' and stage '${suffix}' found`);
};

/** Errors: NOT_FOUND for what a source refers to, INVALID_INPUT for a source that is refused. */
export const resolveSource = async (services: SourceServices, ctx: Ctx, named: NamedSource): Promise<ModelSource> => {
  const { experiments, locations } = services;
  const { source, runId = '', modelId = '' } = named;
  const address = addressOf(source);
  const reference = address.scheme === 'models' ? modelReference(source, address) : null;
  if (address.host !== '' && ['models', 'runs'].includes(address.scheme)) refuseUnnamed(source, 'run_id');
  if (reference !== null && 'name' in reference) return ofVersion(services, ctx, named, reference);

  const run = runId === '' ? null : runId;
  if (modelId !== '') {
    if (reference !== null && reference.id !== modelIdOnWire(modelIdFromWire(modelId)))
      refuseUnnamed(source, 'model_id');
    const model = await experiments.getLoggedModel(ctx, modelIdFromWire(modelId));
    const location = await locations(ctx, model.experiment);
    const root = filesOfModel(location, model.id);
    const made = model.sourceRunId === '' ? null : namedRunOnWire(model.sourceRunId);
    const known = { source, run: run ?? made, modelId: model.id };
    if (reference !== null)
      return { ...known, downloadUri: root, files: isHere(root) ? { root: model.id, path: '' } : null };
    if (address.scheme === 'runs') refuseUnnamed(source, 'model_id');
    if (address.scheme !== 'mlflow-artifacts') return { ...known, downloadUri: null, files: null };
    if (!isBelow(source, root)) refuseUnnamed(source, 'model_id');
    return { ...known, downloadUri: null, files: await placeOf(experiments, ctx, address.path.slice(1)) };
  }
  if (reference !== null) refuseUnnamed(source, 'model_id');
  const none = { source, run, modelId: null, downloadUri: null, files: null };
  if (address.scheme === 'runs') {
    const [named, ...rest] = address.path.slice(1).split('/');
    if (named !== run) refuseUnnamed(source, 'run_id');
    const root = runIdFromWire(named ?? '');
    const path = checkArtifactPath(rest.join('/'));
    return { ...none, files: (await experiments.runExists(ctx, root)) ? { root, path } : null };
  }
  if (address.scheme !== 'mlflow-artifacts') return none;
  const root = run !== null && (await experiments.runExists(ctx, runIdFromWire(run))) ? runIdFromWire(run) : null;
  if (root === null) return refuseUnnamed(source, 'run_id');
  const { experimentNumber } = await experiments.getRun(ctx, root);
  const location = await locations(ctx, experimentNumber);
  if (!isBelow(source, filesOfRun(location, root))) refuseUnnamed(source, 'run_id');
  return { ...none, files: await placeOf(experiments, ctx, address.path.slice(1)) };
};

const isHere = (uri: string): boolean => /^mlflow-artifacts:\/(?!\/)/.test(uri);
const isBelow = (source: string, root: string): boolean => {
  const [one, other] = [source, root].map((uri) => addressOf(uri).path);
  return one === other || `${one}/`.startsWith(`${other}/`);
};

/** For a version that was trained here, the files of its run: clients fetch folders, not single files. */
export const sourceOnWire = (version: { source: string | null; runId: string | null }): string =>
  version.source ?? (version.runId === null ? '' : `runs:/${runIdOnWire(version.runId)}`);

export const downloadUriOf = ({
  version,
  uri,
}: {
  version: { source: string | null; runId: string | null };
  uri: string | null;
}): string => uri ?? sourceOnWire(version);
