import { decideRollout, setAlias, signOut } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { commandLine, curlLine } from './commands.ts';

describe('commandLine', () => {
  it('names path parameters in order and the rest as flags', () => {
    const input = { params: { project: 'demo', model: 'card-fraud', alias: 'champion' }, body: { versionId: 'mv_1' } };
    expect(commandLine(setAlias, input)).toBe(
      'millwright models alias card-fraud champion --project demo --version-id mv_1',
    );
  });
  it('quotes what a shell would take apart', () => {
    const input = {
      params: { project: 'demo', rollout: 'ro_1' },
      body: { decision: 'promote', reason: "it's $(fine)" },
    };
    expect(commandLine(decideRollout, input)).toContain(`--reason 'it'\\''s $(fine)'`);
  });
  it('is null where no command does the same', () => {
    expect(commandLine(signOut, {})).toBeNull();
  });
});
describe('curlLine', () => {
  it('sends the body as JSON', () => {
    expect(curlLine(setAlias, 'http://127.0.0.1:7117/x', { body: { versionId: 'mv_1' } })).toBe(
      `curl -X PUT http://127.0.0.1:7117/x \\\n  -H "Authorization: Bearer $MILLWRIGHT_TOKEN" \\\n  -H 'Content-Type: application/json' \\\n  -d '{"versionId":"mv_1"}'`,
    );
  });
});
