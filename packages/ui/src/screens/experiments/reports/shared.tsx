import { readSharedReport } from '@millwright/contract';
import { useEffect } from 'react';
import { useRead } from '../../../api/queries.ts';
import { useParam } from '../../../app/location.ts';
import { Mark } from '../../../app/mark.tsx';
import { formatInstant } from '../../../ui/format.ts';
import { LoadedPage } from '../../../ui/loaded.tsx';
import { Document, FrozenBlocks } from './document.tsx';
import { FrozenFacts } from './frozen-facts.tsx';

/** A frozen copy for whoever has its address. Nothing here leads into the console. */
const SharedReport = () => {
  const shared = useRead(readSharedReport, { params: { secret: useParam('secret') } });
  const title = shared.data?.content.title;
  useEffect(() => {
    document.title = title ?? 'Shared report';
  }, [title]);
  return (
    <main className="mx-auto max-w-[64rem] px-5 py-8 sm:px-8">
      <LoadedPage query={shared}>
        {({ content, digest, expiresAt }) => (
          <>
            <Document title={content.title} facts={<FrozenFacts content={content} digest={digest} />}>
              <FrozenBlocks content={content} linked={false} />
            </Document>
            <footer className="flex flex-wrap items-center gap-2 border-t border-line pt-3 text-xs text-muted">
              <Mark />
              <span>A frozen copy, to be read here until {formatInstant(expiresAt)}.</span>
            </footer>
          </>
        )}
      </LoadedPage>
    </main>
  );
};
export default SharedReport;
