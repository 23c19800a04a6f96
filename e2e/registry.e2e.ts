import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OurServer, startOurs } from '../interop/mlflow/our-server.ts';
import { needs } from '../scripts/testing/needs.ts';
import { launchBrowser } from './support/browser.ts';

const password = 'correct horse battery';
const project = '/api/v1/projects/default';
interface Version {
  id: string;
  modelId: string;
  number: number;
}

needs('chromium')('the registry for two people', { timeout: 120_000 }, () => {
  let server: OurServer;
  let browser: Browser;
  const versions: Version[] = [];
  const contexts: BrowserContext[] = [];

  const send = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(server.address + path, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    expect(response.ok, `${path}: ${response.status}`).toBe(true);
    return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>);
  };
  const mlflow = (path: string, body: object) => send('POST', `/api/2.0/mlflow${path}`, body);
  const put = async (path: string, content: string): Promise<void> => {
    const response = await fetch(`${server.address}/api/2.0/mlflow-artifacts/artifacts/${path}`, {
      method: 'PUT',
      body: content,
    });
    expect(response.ok).toBe(true);
  };
  /** Somebody's browser, signed in. */
  const of = async (name: string, theme: 'light' | 'dark' = 'light'): Promise<{ page: Page; errors: string[] }> => {
    const context = await browser.newContext({
      baseURL: server.address,
      colorScheme: theme,
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    contexts.push(context);
    const answer = await context.request.post('/api/v1/session', { data: { name, password } });
    expect(answer.ok()).toBe(true);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    return { page, errors };
  };
  const violations = async (page: Page): Promise<string[]> => {
    await page.waitForTimeout(500);
    const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
    return found.violations.map(({ id, nodes }) => `${page.url()} ${id}: ${nodes[0]?.html.slice(0, 200)}`);
  };

  beforeAll(async () => {
    [server, browser] = await Promise.all([startOurs(), launchBrowser()]);
    for (const [name, role] of [
      ['ann', 'editor'],
      ['bob', 'approver'],
      ['cleo', 'admin'],
    ]) {
      await send('POST', '/api/v1/users', { name, password });
      await send('POST', '/api/v1/grants', { principal: name, role, project: 'default' });
    }
    await send('POST', `${project}/models`, { name: 'churn', approval: 'manual' });
    await send('PUT', `${project}/models/churn/contract-tests`, {
      basedOn: 0,
      tests: [
        { name: 'columns', kind: 'signature', inputs: [{ name: 'tenure', type: 'number' }] },
        { name: 'small', kind: 'size', maxBytes: 10_000 },
      ],
    });
    const { experiment_id: experiment } = await mlflow('/experiments/create', { name: 'churn' });
    for (const packages of ['scikit-learn==1.7.2', 'scikit-learn==1.8.0']) {
      const { run } = await mlflow('/runs/create', { experiment_id: experiment });
      const id = (run as { info: { run_id: string } }).info.run_id;
      const at = `${String(experiment)}/${id}/artifacts/model`;
      await put(
        `${at}/MLmodel`,
        `flavors:\n  sklearn: {}\nsignature:\n  inputs: '[{"type": "double", "name": "tenure"}]'\n`,
      );
      await put(`${at}/requirements.txt`, `mlflow==3.14.0\n${packages}\n`);
      await mlflow('/model-versions/create', { name: 'churn', source: `runs:/${id}/model`, run_id: id });
    }
    const list = await send('GET', `${project}/models/churn/versions`);
    versions.push(...(list['items'] as Version[]).toReversed());
  }, 170_000);
  afterAll(async () => {
    for (const context of contexts) await context.close();
    await browser?.close();
    await server?.stop();
  });

  it('lets one ask and another approve, and moves the alias', async () => {
    const { page: ann, errors } = await of('ann');
    await ann.goto(`/p/default/registry/versions/${versions[1]?.id}`);
    await ann.getByRole('button', { name: 'Ask', exact: true }).click();
    const dialog = ann.getByRole('dialog');
    await dialog.getByLabel('Ask for').selectOption('alias');
    await dialog.getByLabel('Alias').fill('champion');
    await dialog.getByLabel('Why').fill('Newer packages, same signature.');
    expect(await violations(ann)).toEqual([]);
    await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
    await ann.getByRole('link', { name: 'Alias champion' }).click();
    await ann.getByText('Newer packages, same signature.').waitFor();
    expect(await ann.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);

    const { page: bob } = await of('bob', 'dark');
    await bob.goto('/p/default/registry/approvals');
    await bob.getByText('churn v2').waitFor();
    expect(await violations(bob)).toEqual([]);
    const request = ann.url().split('/').at(-1);
    await bob.goto(`/p/default/registry/approvals/${request}`);
    await bob.getByLabel('Comment').fill('Which data?');
    await bob.getByRole('button', { name: 'Comment' }).click();
    // Ann sees it without reading the page anew.
    await ann.getByText('Which data?').waitFor();
    await bob.getByRole('button', { name: 'Approve' }).click();
    await bob.getByRole('dialog').getByLabel('Reason').fill('Compared it with the first one.');
    await bob.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await bob.getByText('Approved').first().waitFor();
    expect(await violations(bob)).toEqual([]);
    await ann.getByText('Approved').first().waitFor();
    const model = await send('GET', `${project}/models/churn`);
    expect(model['aliases']).toMatchObject({ champion: { versionId: versions[1]?.id } });
    expect(errors).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'shows tests, files and what differs, accessible in the %s theme',
    async (theme) => {
      const { page, errors } = await of('bob', theme);
      const [first, second] = versions;
      await page.goto(`/p/default/registry/${first?.modelId}?tab=tests`);
      await page.getByRole('rowheader', { name: 'columns' }).waitFor();
      const found = await violations(page);
      await page.goto(`/p/default/registry/versions/${second?.id}?tab=files`);
      await page.getByText('requirements.txt').waitFor();
      found.push(...(await violations(page)));
      await page.goto(`/p/default/registry/compare?from=${first?.id}&to=${second?.id}`);
      await page
        .getByRole('region', { name: 'Changes of requirements.txt' })
        .getByText('scikit-learn==1.8.0')
        .waitFor();
      found.push(...(await violations(page)));
      await page.getByLabel('From: version').selectOption(second?.id ?? '');
      await page.waitForURL(/from=(mv_[^&]+)&to=\1|to=(mv_[^&]+)&from=\2/);
      await page.getByText('No difference').waitFor();
      expect([found, errors]).toEqual([[], []]);
    },
  );

  it.each(['light', 'dark'] as const)(
    'fills in the tests of a model as forms, and the same as JSON, in the %s theme',
    async (theme) => {
      const { page, errors } = await of('bob', theme);
      await page.goto(`/p/default/registry/${versions[0]?.modelId}?tab=tests`);
      await page.getByRole('rowheader', { name: 'columns' }).waitFor();
      await page.getByRole('button', { name: 'Edit', exact: true }).last().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Add a test' }).click();
      const added = dialog.getByRole('group', { name: 'signature', exact: true });
      await added.getByLabel('What is tested').selectOption('Files that are there');
      await added.getByText('Name at least one file.').waitFor();
      expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      await added.getByLabel('Files', { exact: true }).fill('MLmodel');
      await added.getByLabel('Name').fill(`there in ${theme}`);
      expect(await violations(page)).toEqual([]);
      await dialog.getByRole('tab', { name: 'JSON' }).click();
      const written = JSON.parse(await dialog.getByLabel('Tests as JSON').inputValue());
      expect(written.at(-1)).toEqual({ name: `there in ${theme}`, kind: 'files', paths: ['MLmodel'] });
      expect(written).toContainEqual({ name: 'small', kind: 'size', maxBytes: 10_000 });
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('rowheader', { name: `there in ${theme}` }).waitFor();
      expect(errors).toEqual([]);
    },
  );

  it('sets what every model of the project asks for', async () => {
    const { page: ann } = await of('ann');
    await ann.goto('/p/default/registry/approvals');
    const policy = { name: 'Policy of the project' };
    await ann.getByRole('button', policy).waitFor();
    expect(await ann.getByRole('button', policy).isDisabled()).toBe(true);

    const { page: cleo, errors } = await of('cleo', 'dark');
    await cleo.goto('/p/default/registry/approvals');
    await cleo.getByRole('button', policy).click();
    const dialog = cleo.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Protect an alias or a stage' }).click();
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Called').fill('prod*');
    expect(await violations(cleo)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await cleo.goto(`/p/default/registry/${versions[0]?.modelId}`);
    await cleo.getByText('prod*').waitFor();
    await cleo.goto('/p/default/registry/approvals');
    await cleo.getByRole('button', policy).click();
    expect(await cleo.getByRole('dialog').getByLabel('Called').inputValue()).toBe('prod*');
    expect(errors).toEqual([]);
  });
});
