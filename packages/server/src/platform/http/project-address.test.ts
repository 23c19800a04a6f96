import { expect, it } from 'vitest';
import { projectOfAddress, withoutProject } from './project-address.ts';

it.each([
  ['/api/2.0/mlflow/runs/get?run_id=a//b', '/api/2.0/mlflow/runs/get?run_id=a//b', null],
  ['//model-versions/get-artifact?name=a', '/model-versions/get-artifact?name=a', null],
  ['/projects/vision/api/2.0/mlflow/runs/get', '/api/2.0/mlflow/runs/get', 'vision'],
  ['//projects/vision/version', '/version', 'vision'],
  ['/projects/vision//api/2.0/mlflow/runs/get', '/api/2.0/mlflow/runs/get', 'vision'],
  ['//api/v1/me', '//api/v1/me', null],
  ['/projects/vision/console', '/projects/vision/console', null],
])('reads the address %s', (address, path, project) => {
  expect([withoutProject(address), projectOfAddress(address)]).toEqual([path, project]);
});
