export function ensure(): Promise<{ ok: true; folder: string } | { ok: false; reason: string; install: string }>;
