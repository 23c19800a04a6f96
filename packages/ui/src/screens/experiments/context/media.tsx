import { type MediaItem, type MediaKind, mediaItems, type Run } from '@millwright/contract';
import { useState } from 'react';
import { Card } from '../../../ui/card.tsx';
import { Select } from '../../../ui/field.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { EmptyState } from '../../../ui/states.tsx';
import { MediaContent } from './media-content.tsx';
import { useFiles } from './use-files.ts';

const sections: readonly (readonly [MediaKind, string])[] = [
  ['image', 'Images'],
  ['confusion-matrix', 'Confusion matrices'],
  ['curve', 'Curves'],
  ['table', 'Tables'],
  ['text', 'Texts'],
  ['audio', 'Sounds'],
];
const itemsAtMost = 60;
const none = '';

const StepSlider = ({ item, at, onChange }: { item: MediaItem; at: number; onChange: (at: number) => void }) => (
  <label className="flex min-h-8 items-center gap-2 text-sm">
    Step
    <input
      type="range"
      min={0}
      max={item.steps.length - 1}
      value={at}
      aria-valuetext={`step ${item.steps[at]?.step ?? 0}`}
      onChange={(event) => onChange(Number(event.target.value))}
      className="w-40 accent-(--accent)"
    />
    <span className="w-14 tabular-nums">{item.steps[at]?.step}</span>
  </label>
);

/** What was logged under a name: the step one moves to, and beside it one it is compared with. */
const Item = ({ runId, item }: { runId: string; item: MediaItem }) => {
  // Nobody moved it: the last one, also when a later one arrives.
  const [moved, setMoved] = useState<number | null>(null);
  const [beside, setBeside] = useState(none);
  const last = item.steps.length - 1;
  const at = Math.min(moved ?? last, last);
  const shown = item.steps[at];
  const other = beside === none ? undefined : item.steps[Number(beside)];
  return (
    <Card title={item.name}>
      {item.steps.length > 1 ? (
        <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1">
          <StepSlider item={item} at={at} onChange={setMoved} />
          <div className="w-44">
            <Select
              label={`Compare ${item.name} with`}
              hideLabel
              value={beside}
              onChange={(event) => setBeside(event.target.value)}
              choices={[
                { value: none, label: 'Compare with ...' },
                ...item.steps.map(({ step }, index) => ({ value: `${index}`, label: `Step ${step}` })),
              ]}
            />
          </div>
        </div>
      ) : null}
      <div className={other ? 'grid gap-4 md:grid-cols-2' : undefined}>
        {[shown, other].map((one, index) =>
          one ? (
            <div key={index} className="min-w-0">
              {other ? <p className="mb-1 text-xs text-muted">Step {one.step}</p> : null}
              <MediaContent
                key={one.artifact.path}
                runId={runId}
                kind={item.kind}
                name={item.name}
                artifact={one.artifact}
              />
            </div>
          ) : null,
        )}
      </div>
    </Card>
  );
};

const Section = ({ runId, title, items }: { runId: string; title: string; items: readonly MediaItem[] }) => (
  <section aria-label={title} className="mb-5">
    <h2 className="mb-2 text-base font-semibold">{title}</h2>
    <div className="grid items-start gap-3 xl:grid-cols-2">
      {items.slice(0, itemsAtMost).map((item) => (
        <Item key={item.name} runId={runId} item={item} />
      ))}
    </div>
    {items.length > itemsAtMost ? (
      <p className="mt-1 text-xs text-faint">
        {itemsAtMost} of {items.length}; all files are below Artifacts.
      </p>
    ) : null}
  </section>
);

/** Images, matrices, curves, tables, texts and sounds that the run logged. */
const Media = ({ run }: { run: Run }) => (
  <Loaded query={useFiles(run, true)} height={320}>
    {(files) => {
      const items = mediaItems(files, run.tags);
      return items.length === 0 ? (
        <EmptyState
          title="Nothing was logged to be looked at"
          text="Images and tables by MLflow’s own functions, and these:"
          command={'import millwright\nmillwright.log_confusion_matrix("validation", y_true=y, y_pred=guess)'}
        />
      ) : (
        sections.map(([kind, title]) => {
          const some = items.filter((item) => item.kind === kind);
          return some.length === 0 ? null : <Section key={kind} runId={run.id} title={title} items={some} />;
        })
      );
    }}
  </Loaded>
);
export default Media;
