import type { PinnedPart } from '@millwright/contract';

/** What is known of a run, as far as running it again is concerned. */
export interface RunFacts {
  /** Set for runs that this platform trained. */
  trained: { millwright: string; node: string; isSameVersion: boolean; isDataThere: boolean } | null;
  code: {
    commit: string | null;
    repository: string | null;
    /** null: nobody looked. */
    isDirty: boolean | null;
    hasDiff: boolean;
    /** Files that git does not know. */
    untracked: readonly string[];
  };
  data: {
    /** Versions kept here. */
    versions: number;
    datasets: readonly { name: string; digest: string; isFetchable: boolean }[];
  };
  environment: { python: string | null; pinned: number; others: number; hasRequirements: boolean };
  seeds: readonly string[];
}

type Judgement = Pick<PinnedPart, 'state' | 'reason' | 'advice'>;

/** Without the code nothing can be run; other data or packages change a result more often than another seed. */
export const weights = { code: 35, data: 25, environment: 25, seed: 15 } as const;

const usePackage = 'Install the Python package millwright beside mlflow: it records this by itself.';
const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const isProgram = (file: string): boolean => /\.(?:py|pyx|ipynb|sh|ya?ml|json|toml|cfg|ini|sql|r)$/i.test(file);

const judgeCode = ({ trained, code }: RunFacts): Judgement => {
  if (trained)
    return trained.isSameVersion
      ? {
          state: 'pinned',
          reason: `Trained by Millwright ${trained.millwright}, which is the version here.`,
          advice: '',
        }
      : {
          state: 'partly',
          reason: `Trained by Millwright ${trained.millwright}; another version is running here.`,
          advice: `Run Millwright ${trained.millwright} to train it with the same code.`,
        };
  const { commit, repository, isDirty, hasDiff } = code;
  if (commit === null) return { state: 'unknown', reason: 'No commit was recorded.', advice: usePackage };
  const short = commit.slice(0, 10);
  const partly = (reason: string, advice: string): Judgement => ({ state: 'partly', reason, advice });
  if (repository === null)
    return partly(
      `Commit ${short}, of a repository without an address.`,
      'Push the repository and set its remote origin.',
    );
  if (isDirty === null) return partly(`Commit ${short}; nobody looked whether files differed from it.`, usePackage);
  const programs = code.untracked.filter(isProgram);
  if (isDirty && !hasDiff)
    return partly(`Commit ${short} with changes that were not kept whole.`, 'Commit before you run.');
  if (programs.length > 0)
    return partly(
      `Commit ${short}; ${counted(programs.length, 'file')} beside it that git does not know, e.g. ${programs[0]}.`,
      'Add these files to git, or to .gitignore if nothing needs them.',
    );
  return {
    state: 'pinned',
    reason: `Commit ${short} of ${repository}${isDirty ? ', with its changes kept' : ', without changes'}.`,
    advice: '',
  };
};

const judgeData = ({ trained, data }: RunFacts): Judgement => {
  if (trained)
    return trained.isDataThere
      ? { state: 'pinned', reason: 'A data set version kept here.', advice: '' }
      : { state: 'unknown', reason: 'Its data set version is not there any more.', advice: 'Upload the data again.' };
  const { versions, datasets } = data;
  if (versions > 0 && datasets.length === 0)
    return { state: 'pinned', reason: `${counted(versions, 'data set version')} kept here.`, advice: '' };
  if (datasets.length === 0)
    return {
      state: 'unknown',
      reason: 'The run does not say what data it read.',
      advice: 'Log it: mlflow.log_input, or millwright.dataset for data kept here.',
    };
  const elsewhere = datasets.filter(({ isFetchable }) => !isFetchable);
  if (elsewhere.length > 0)
    return {
      state: 'partly',
      reason: `The digest of ${elsewhere[0]?.name} tells whether it is the same; nothing tells where to get it again.`,
      advice: 'Keep the data as a data set version, or log it with a source others reach.',
    };
  return { state: 'pinned', reason: `${counted(datasets.length, 'data set')} by digest and source.`, advice: '' };
};

const judgeEnvironment = ({ trained, environment }: RunFacts): Judgement => {
  if (trained)
    return { state: 'pinned', reason: `Millwright ${trained.millwright} on Node ${trained.node}.`, advice: '' };
  const { python, pinned, others, hasRequirements } = environment;
  if (pinned > 0 && python !== null) {
    if (others > 0)
      return {
        state: 'partly',
        reason: `Python ${python} and ${counted(pinned, 'package')}; ${counted(others, 'more', 'more')} from folders or addresses.`,
        advice: 'Install these packages from an index, in a released version.',
      };
    return {
      state: 'pinned',
      reason: `Python ${python} and ${counted(pinned, 'package')} with their versions.`,
      advice: '',
    };
  }
  if (python !== null || pinned > 0 || hasRequirements)
    return {
      state: 'partly',
      reason: hasRequirements
        ? 'The requirements of the logged model; not all that was installed.'
        : python === null
          ? 'Packages, but not the version of Python.'
          : `Python ${python}, but not which packages.`,
      advice: usePackage,
    };
  return { state: 'unknown', reason: 'Neither Python nor packages were recorded.', advice: usePackage };
};

const judgeSeed = ({ trained, seeds }: RunFacts): Judgement => {
  if (trained) return { state: 'pinned', reason: 'The seed is part of the request.', advice: '' };
  if (seeds.length > 0) return { state: 'pinned', reason: `Seeds of ${seeds.slice(0, 5).join(', ')}.`, advice: '' };
  return {
    state: 'unknown',
    reason: 'No seed was recorded.',
    advice: 'Set one, millwright.seed(1), or log it as a parameter called seed.',
  };
};

export const judge = (facts: RunFacts): { score: number; parts: PinnedPart[] } => {
  const judged = {
    code: judgeCode(facts),
    data: judgeData(facts),
    environment: judgeEnvironment(facts),
    seed: judgeSeed(facts),
  };
  const parts = (Object.keys(weights) as (keyof typeof weights)[]).map((part): PinnedPart => {
    const { state, ...words } = judged[part];
    const weight = weights[part];
    const points = state === 'pinned' ? weight : state === 'partly' ? Math.floor(weight / 2) : 0;
    return { part, state, weight, points, ...words };
  });
  return { score: parts.reduce((sum, { points }) => sum + points, 0), parts };
};
