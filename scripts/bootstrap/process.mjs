import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program on our terminal and takes over its end: resolves to its exit code, or ends this process by the same
 * signal. A Ctrl-C at a terminal already reaches the whole process group, so it is not sent a second time.
 */
export function passThrough(command, args, { env = process.env, cwd = root } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: 'inherit', env, cwd });
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const release = () => FORWARDED.forEach((signal) => process.off(signal, forward));
    child.once('error', (error) => {
      release();
      fail(error);
    });
    child.once('exit', (code, signal) => {
      release();
      if (signal) endBySignal(signal);
      else done(code ?? 1);
    });
  });
}

function endBySignal(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

const captured = new Set();
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
for (const signal of FORWARDED) {
  process.on(signal, () => {
    for (const child of captured) child.kill(signal);
    if (process.listenerCount(signal) === 1) process.exit(128 + SIGNAL_NUMBERS[signal]);
  });
}

/** Runs a program and keeps what it prints: {code, output, stdout}. code is 127 when it cannot be started. */
export function capture(command, args, { env = process.env, cwd = root, timeoutMs, onStart } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd, timeout: timeoutMs });
    captured.add(child);
    if (child.pid !== undefined) onStart?.(child.pid);
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.once('error', (error) => {
      captured.delete(child);
      done({ code: 127, output: `${command}: ${error.message}`, stdout: '' });
    });
    child.once('close', (code) => {
      captured.delete(child);
      done({ code: code ?? 1, output, stdout });
    });
  });
}
