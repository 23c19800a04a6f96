/** One measured figure, with what it is held against: a peer measured in the same run, or a limit that was promised. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** A second measurement of the same run, or a limit. */
  against?: { name: string; value: number; kind: 'peer' | 'at least' | 'at most' };
}

export interface Case {
  name: string;
  /** Null with the reason when this machine lacks what the case needs. */
  run(say: (text: string) => void): Promise<Figure[] | { skipped: string }>;
}

/** `value / peer` for a peer; whether the limit holds otherwise. */
export const verdict = (figure: Figure): string => {
  const { against } = figure;
  if (!against) return '';
  if (against.kind === 'peer') return `${(figure.value / against.value).toFixed(2)}x of ${against.name}`;
  const holds = against.kind === 'at least' ? figure.value >= against.value : figure.value <= against.value;
  return holds ? 'held' : 'NOT HELD';
};

const digits = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

export const asTable = (groups: { name: string; figures: Figure[] | { skipped: string } }[]): string => {
  const rows = groups.flatMap(({ name, figures }) =>
    'skipped' in figures
      ? [`| ${name} | skipped: ${figures.skipped} | | |`]
      : figures.map(
          (figure) =>
            `| ${figure.name} | ${digits(figure.value)} ${figure.unit} | ${figure.against ? `${figure.against.name}: ${digits(figure.against.value)} ${figure.unit}` : ''} | ${verdict(figure)} |`,
        ),
  );
  return ['| measured | figure | beside it | |', '|---|---:|---:|---|', ...rows].join('\n');
};
