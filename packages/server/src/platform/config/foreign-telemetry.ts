/**
 * ONNX Runtime reports its use to its maker, and keeps a database for that in the home folder, unless this is set before
 * it is loaded. A self-hosted platform tells nobody; who wants it sets the variable to 0.
 */
export const silenceForeignTelemetry = (): void => {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
};
