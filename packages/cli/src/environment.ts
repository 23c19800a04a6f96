/** The only place of the command line that reads the environment; settings of the server are read by its own configuration. */
export const fromEnvironment = (
  name: 'MILLWRIGHT_URL' | 'MILLWRIGHT_TOKEN' | 'MILLWRIGHT_PROJECT' | 'MILLWRIGHT_ADMIN_PASSWORD',
): string | undefined => {
  const value = process.env[name];
  return value === '' ? undefined : value;
};

export const defaultServer = 'http://127.0.0.1:7117';
