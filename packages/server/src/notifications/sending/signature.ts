import { createHmac } from 'node:crypto';

/** `v1,` and the base64 of HMAC-SHA256 over `<delivery id>.<timestamp>.<body>`: as MLflow and Standard Webhooks sign. */
export const signatureOf = (secret: string, deliveryId: string, timestamp: string, body: string): string =>
  `v1,${createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('base64')}`;

/** Under both names, so that a receiver written for MLflow needs no change. `timestamp`: seconds since 1970. */
export const webhookHeaders = (
  secret: string | null,
  delivery: { id: string; body: string },
  nowMs: number,
): Record<string, string> => {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = secret === null ? null : signatureOf(secret, delivery.id, timestamp, delivery.body);
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'Millwright' };
  for (const prefix of ['X-Millwright', 'X-MLflow']) {
    headers[`${prefix}-Delivery-Id`] = delivery.id;
    headers[`${prefix}-Timestamp`] = timestamp;
    if (signature !== null) headers[`${prefix}-Signature`] = signature;
  }
  return headers;
};
