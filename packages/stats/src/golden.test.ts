import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as stats from './index.ts';

// Numbers from scipy 1.x, Evidently 0.7.21 and NannyML 0.13.1, on data anybody can regenerate.
const file = new URL('../../../../shared/golden/drift.json', import.meta.url);
const found = existsSync(file);
if (!found) console.warn(`golden numbers skipped: ${file.pathname} is missing`);

function uniforms(seed: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  });
}

describe.skipIf(!found)('golden numbers', () => {
  const golden = found ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const reference = uniforms(1, 2000).map((u) => 10 * u);
  const current = uniforms(2, 800).map((u) => 10 * u + 0.7);
  const categories = { reference: golden.cat_ref as number[], current: golden.cat_cur as number[] };
  const close = (actual: number | undefined, expected: number, relative = 1e-9) => {
    expect(actual).toBeDefined();
    expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
  };
  const sturges = stats.sturgesEdges([...reference, ...current]);
  const doane = stats.doaneEdges(reference);

  it('bins as numpy does', () => {
    expect(sturges.length - 1).toBe(golden.n_bins_sturges);
    close(sturges[0]!, golden.bin_first_last[0]);
    close(sturges.at(-1)!, golden.bin_first_last[1]);
    expect(doane.length - 1).toBe(golden.doane_bins);
  });
  it('agrees on binned distances', () => {
    const cells = stats.pairHistograms(reference, current, sturges);
    close(stats.psi(cells).statistic, golden.psi_evidently);
    close(stats.klDivergence(cells).statistic, golden.kl_evidently);
    close(stats.jensenShannon(cells, 'e').statistic, golden.js_evidently_base_e);
    const ownBins = stats.pairHistograms(reference, current, doane);
    close(stats.jensenShannon(ownBins).statistic, golden.js_nannyml_base2);
    close(stats.hellinger(ownBins).statistic, golden.hellinger_nannyml);
  });
  it('agrees on distances of samples', () => {
    close(stats.wasserstein(reference, current).statistic, golden.wasserstein);
    close(stats.wassersteinNormed(reference, current).statistic, golden.wasserstein_norm);
    close(stats.energyDistance(reference, current).statistic, golden.energy);
    close(stats.columnDrift({ kind: 'number', reference, current }).effect, golden.wasserstein_norm);
  });
  it('agrees on Kolmogorov-Smirnov, asymptotic and exact', () => {
    const asymptotic = stats.ks(reference, current);
    close(asymptotic.statistic, golden.ks_asymp[0]);
    close(asymptotic.pValue, golden.ks_asymp[1], 1e-6);
    const exact = stats.ks(reference.slice(0, 50), current.slice(0, 40));
    close(exact.statistic, golden.ks_exact_50_40[0]);
    close(exact.pValue, golden.ks_exact_50_40[1]);
  });
  it('agrees on Cramér-von Mises, Mann-Whitney and t', () => {
    const cvm = stats.cramerVonMises(reference.slice(0, 300), current.slice(0, 200));
    close(cvm.statistic, golden.cvm_300_200[0]);
    close(cvm.pValue, golden.cvm_300_200[1]);
    const mwu = stats.mannWhitney(reference, current);
    close(mwu.statistic, golden.mwu_two_sided[0]);
    close(mwu.pValue, golden.mwu_two_sided[1]);
    const t = stats.tTest(reference, current, { equalVariances: true });
    close(t.statistic, golden.t[0]);
    close(t.pValue, golden.t[1]);
  });
  it('agrees on categories', () => {
    const goodness = stats.chiSquareGoodnessOfFit(categories);
    close(goodness.statistic, golden.chi2_evidently[0]);
    close(goodness.pValue, golden.chi2_evidently[1]);
    const homogeneity = stats.chiSquare(categories);
    close(homogeneity.statistic, golden.chi2_nannyml[0]);
    close(homogeneity.pValue, golden.chi2_nannyml[1]);
    close(stats.jensenShannon(categories, 'e').statistic, golden.cat_js_e);
    close(stats.jensenShannon(categories).statistic, golden.cat_js_2);
    close(stats.totalVariation(categories).statistic, golden.cat_tvd);
    close(stats.lInfinity(categories).statistic, golden.cat_linf);
    close(stats.hellinger(categories).statistic, golden.cat_hell);
    close(stats.psi(categories).statistic, golden.cat_psi);
    const z = stats.zTest({ successes: 200, count: 1000 }, { successes: 80, count: 300 });
    close(z.statistic, golden['z_test_1000/200_vs_300/80'][0]);
    close(z.pValue, golden['z_test_1000/200_vs_300/80'][1]);
  });
  it('agrees on adjusted p-values', () => {
    const { adjusted } = stats.benjaminiHochberg(golden.bh_pvals);
    (golden.bh_adjusted as number[]).forEach((p, i) => close(adjusted[i], p, 1e-5));
    const dependent = stats.benjaminiYekutieli(golden.bh_pvals).adjusted;
    (golden.by_adjusted_first3 as number[]).forEach((p, i) => close(dependent[i], p, 1e-5));
  });
});
