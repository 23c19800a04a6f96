import type { ReportBlock } from '@millwright/contract';
import { ArrowDown, ArrowUp, GripVertical, Pilcrow, Trash2 } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Select, TextArea, TextField } from '../../../ui/field.tsx';
import { LiveBlock } from './document.tsx';
import type { DraftStore } from './draft.ts';
import { PanelForm } from './panel-form.tsx';
import { emptyPanel, moved, newBlockId, type PanelKind, panelKindNames, panelKinds } from './panel-kinds.ts';

const linesOf = (text: string): number => Math.max(3, Math.min(40, text.split('\n').length + 1));

const BlockFields = ({ block, onChange }: { block: ReportBlock; onChange: (block: ReportBlock) => void }) =>
  block.kind === 'text' ? (
    <TextArea
      label="Text in Markdown"
      hideLabel
      rows={linesOf(block.markdown)}
      maxLength={50_000}
      placeholder="# What we found"
      className="font-mono !text-sm leading-6"
      value={block.markdown}
      onChange={(event) => onChange({ ...block, markdown: event.target.value })}
    />
  ) : (
    <PanelForm panel={block.panel} onChange={(panel) => onChange({ ...block, panel })} />
  );

interface EditedProps {
  block: ReportBlock;
  at: number;
  count: number;
  isDragged: boolean;
  onChange: (block: ReportBlock) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
  onDrag: (at: number | null) => void;
  onDrop: () => void;
}

/** A block with what can be done to it, its fields, and below them how it reads. */
const EditedBlock = ({ block, at, count, isDragged, onChange, onMove, onRemove, onDrag, onDrop }: EditedProps) => {
  const [shown, setShown] = useState(block.kind === 'panel');
  const name = block.kind === 'text' ? 'Text' : panelKinds[block.panel.kind].label;
  const label = `Block ${at + 1}: ${name}`;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- where a drag ends; the arrows do the same by keyboard
    <section
      aria-label={label}
      className={`rounded-lg border border-line bg-surface ${isDragged ? 'opacity-50' : ''}`}
      onDragOver={(event: DragEvent) => event.preventDefault()}
      onDrop={onDrop}
    >
      <header className="flex items-center gap-1 border-b border-line px-2 py-1">
        <span
          draggable
          aria-hidden
          title="Drag to another place"
          className="cursor-grab text-faint"
          onDragStart={() => onDrag(at)}
          onDragEnd={() => onDrag(null)}
        >
          <GripVertical size={15} />
        </span>
        <span className="flex-1 text-xs font-medium text-muted">{name}</span>
        <Button small tone="quiet" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide how it reads' : 'Show how it reads'}
        </Button>
        <IconButton
          label={`Move block ${at + 1} up`}
          disabled={at === 0}
          icon={<ArrowUp aria-hidden size={14} />}
          onClick={() => onMove(at - 1)}
        />
        <IconButton
          label={`Move block ${at + 1} down`}
          disabled={at === count - 1}
          icon={<ArrowDown aria-hidden size={14} />}
          onClick={() => onMove(at + 1)}
        />
        <IconButton label={`Remove block ${at + 1}`} icon={<Trash2 aria-hidden size={14} />} onClick={onRemove} />
      </header>
      <div className="p-3">
        <BlockFields block={block} onChange={onChange} />
      </div>
      {shown ? (
        <div className="border-t border-line p-4">
          <LiveBlock block={block} />
        </div>
      ) : null}
    </section>
  );
};

/** A report being written. It saves itself. */
export const Editor = ({
  title,
  blocks,
  edit,
}: {
  title: string;
  blocks: readonly ReportBlock[];
  edit: DraftStore['edit'];
}) => {
  const [dragged, setDragged] = useState<number | null>(null);
  const setBlocks = (change: (blocks: readonly ReportBlock[]) => readonly ReportBlock[]) =>
    edit((now) => ({ blocks: change(now.blocks) }));
  const add = (kind: PanelKind | 'text') =>
    setBlocks((now) => {
      const id = newBlockId(now);
      return [
        ...now,
        kind === 'text' ? { id, kind: 'text', markdown: '' } : { id, kind: 'panel', panel: emptyPanel(kind) },
      ];
    });
  return (
    <div className="mx-auto flex max-w-[60rem] flex-col gap-4 pb-16">
      <TextField
        label="Title"
        required
        maxLength={250}
        className="!text-xl font-semibold"
        value={title}
        error={title.trim() === '' ? 'A report needs a title; it is saved once it has one.' : undefined}
        onChange={(event) => edit(() => ({ title: event.target.value }))}
      />
      {blocks.map((block, at) => (
        <EditedBlock
          key={block.id}
          block={block}
          at={at}
          count={blocks.length}
          isDragged={dragged === at}
          onChange={(next) => setBlocks((now) => now.map((one) => (one.id === next.id ? next : one)))}
          onMove={(to) => setBlocks((now) => moved(now, at, to))}
          onRemove={() => setBlocks((now) => now.filter((one) => one.id !== block.id))}
          onDrag={setDragged}
          onDrop={() => {
            if (dragged !== null) setBlocks((now) => moved(now, dragged, at));
            setDragged(null);
          }}
        />
      ))}
      <div className="flex flex-wrap items-end gap-2 rounded-lg border border-dashed border-line-strong p-3">
        <Button icon={<Pilcrow aria-hidden size={14} />} onClick={() => add('text')}>
          Add text
        </Button>
        <div className="w-60">
          <Select
            label="Add a panel"
            hideLabel
            value=""
            choices={[
              { value: '', label: 'Add a panel …' },
              ...panelKindNames.map((kind) => ({ value: kind, label: panelKinds[kind].label })),
            ]}
            onChange={(event) => {
              if (event.target.value !== '') add(event.target.value as PanelKind);
            }}
          />
        </div>
      </div>
    </div>
  );
};
