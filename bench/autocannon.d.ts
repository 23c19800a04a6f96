/** The part of autocannon that is used; it brings no types of its own. */
declare module 'autocannon' {
  export default function autocannon(options: {
    url: string;
    connections: number;
    duration: number;
    method?: string;
    body?: string;
    headers?: Record<string, string>;
  }): Promise<{
    requests: { average: number };
    latency: { p50: number; p99: number };
    non2xx: number;
    errors: number;
    timeouts: number;
  }>;
}
