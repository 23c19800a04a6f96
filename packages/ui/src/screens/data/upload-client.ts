import { createClient } from '@millwright/sdk';

/** `fetch` says nothing about how far an upload is; this does, with the older request of the browser. */
const fetchWithProgress =
  (onProgress: (share: number) => void): typeof fetch =>
  (address, init = {}) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init.method ?? 'GET', String(address));
      new Headers(init.headers).forEach((value, name) => request.setRequestHeader(name, value));
      request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
      request.addEventListener('error', () => reject(new TypeError('The connection was lost')));
      request.addEventListener('abort', () => reject(new DOMException('The upload was stopped', 'AbortError')));
      request.addEventListener('load', () =>
        resolve(
          new Response(request.responseText, {
            status: request.status,
            headers: { 'content-type': request.getResponseHeader('content-type') ?? '' },
          }),
        ),
      );
      init.signal?.addEventListener('abort', () => request.abort());
      request.send(init.body as XMLHttpRequestBodyInit);
    });

/** A client whose calls report how much of their body was sent, from 0 to 1. */
export const uploadClient = (onProgress: (share: number) => void) =>
  createClient({ baseUrl: '', fetch: fetchWithProgress(onProgress) });
