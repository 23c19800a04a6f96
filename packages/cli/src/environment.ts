/** The only place of the command line that reads the environment; settings of the server are read by its own configuration. */
export const fromEnvironment = (
  name:
    | 'MILLWRIGHT_URL'
    | 'MILLWRIGHT_TOKEN'
    | 'MILLWRIGHT_PROJECT'
    | 'MILLWRIGHT_ADMIN_PASSWORD'
    | 'MILLWRIGHT_FAILURE_POINT'
    | 'MLFLOW_TRACKING_TOKEN'
    | 'MLFLOW_TRACKING_USERNAME'
    | 'MLFLOW_TRACKING_PASSWORD',
): string | undefined => {
  const value = process.env[name];
  return value === '' ? undefined : value;
};

export const defaultServer = 'http://127.0.0.1:7117';
