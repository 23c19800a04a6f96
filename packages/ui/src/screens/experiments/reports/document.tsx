import './document.css';
import type { FrozenReport, ReportBlock } from '@millwright/contract';
import type { ReactNode } from 'react';
import { Markdown } from '../../../markdown/markdown.tsx';
import { LivePanel, PanelView } from './panel-view.tsx';

/** A report as it is read: title, who and when, then block after block. */
export const Document = ({ title, facts, children }: { title: string; facts: ReactNode; children: ReactNode }) => (
  <article className="report" aria-label={title}>
    <header className="mb-6">
      <h1 className="report-title">{title}</h1>
      <p className="mt-1 flex flex-wrap gap-x-2 text-muted">{facts}</p>
    </header>
    <div className="flex flex-col gap-7">{children}</div>
  </article>
);

export const LiveBlock = ({ block }: { block: ReportBlock }) =>
  block.kind === 'text' ? <Markdown text={block.markdown} /> : <LivePanel panel={block.panel} />;

export const FrozenBlocks = ({ content, linked }: { content: FrozenReport; linked: boolean }) =>
  content.blocks.map(({ block, data }) =>
    block.kind === 'text' ? (
      <Markdown key={block.id} text={block.markdown} />
    ) : data ? (
      <PanelView key={block.id} panel={block.panel} data={data} linked={linked} />
    ) : null,
  );
