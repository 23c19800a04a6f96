import { fail, isMillwrightError } from '#platform/errors';

/** In the words of the wire, by the codes of errors: there a team is a role, and a project is a workspace. */
export const inWords = async <T>(work: Promise<T>, words: Partial<Record<string, string>>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    const said = isMillwrightError(error) ? words[error.code] : undefined;
    if (isMillwrightError(error) && said !== undefined) return fail(error.code, said);
    throw error;
  }
};
